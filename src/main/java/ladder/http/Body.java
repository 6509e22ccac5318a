package ladder.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's body: read whole, within a bound and a time.
 *
 * <p>The JDK's stream only blocks, so a body that is not here yet is read by a second virtual
 * thread while the request's own waits with a deadline. A sender that misses it is answered 408,
 * and then the reader is interrupted, which closes the channel under it: no thread stays behind.
 * The JDK itself is told to drain nothing ({@link Listener}), since its draining knows no deadline;
 * so this class must bring the stream to its end for the connection to be kept.
 *
 * <p>Used by the request's thread only; the reader hands over by ending.
 */
final class Body {
  /** The client left before its body was whole: there is nobody to answer. */
  static final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGone(@Nullable Throwable cause) {
      super("the client left", cause, false, false);
    }
  }

  /** Worth reading for the sake of the connection when the handler did not want it. */
  static final int UNREAD_BYTES_MAX = 65_536;

  /** Read and thrown away before closing, so that the client reads its answer and not a reset. */
  private static final int DISCARD_BYTES_MAX = 1_048_576;

  /** How long the sender of a body that nobody wants is listened to. */
  private static final Duration DISCARD_MAX = Duration.ofSeconds(2);

  private static final int BUFFER_BYTES = 8_192;
  private static final byte[] NOTHING = {};
  private static final long CHUNKED = -1;
  private static final long MALFORMED = -2;

  private final InputStream in;
  private final long length;
  private final int bytesMax;
  private final Duration timeout;
  private byte @Nullable [] whole;
  private @Nullable RuntimeException refused;
  private @Nullable Reader reader;
  private boolean ended;

  /**
   * Prepares to read.
   *
   * @param contentLengths the header's values, of which the JDK lets at most one through
   * @param timeout for the whole body, from the first asking on
   */
  Body(
      InputStream in,
      boolean chunked,
      @Nullable List<String> contentLengths,
      int bytesMax,
      Duration timeout) {
    this.in = in;
    this.length = chunked ? CHUNKED : length(contentLengths);
    this.bytesMax = bytesMax;
    this.timeout = timeout;
    if (length == 0) {
      readHere(); // no I/O, but the JDK wants to have been asked
    }
  }

  /**
   * Refuses what another server might read differently, such as "+5".
   *
   * @throws ProblemException 400
   */
  void check() {
    if (length == MALFORMED) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the Content-Length is not a number");
    }
  }

  /** All of it; see {@link Request#body}. */
  byte[] whole() {
    if (refused != null) {
      throw refused; // what was read of it is gone
    }
    byte[] bytes = whole;
    if (bytes == null) {
      try {
        bytes = read();
      } catch (ProblemException | ClientGone e) {
        refused = e;
        throw e;
      }
      whole = bytes;
    }
    return bytes;
  }

  /** Whether it was read to its end, so that the next request begins where it should. */
  boolean ended() {
    return ended;
  }

  /**
   * Takes in an unread body that is already here, and says whether the connection may be kept: not
   * when its end is far, unknown, or was missed.
   */
  boolean keepsConnection() {
    if (!ended && reader == null && isHere()) {
      whole();
    }
    return ended || (reader == null && length >= 0 && length <= UNREAD_BYTES_MAX);
  }

  /** Reads on for a bounded time and amount, throwing the bytes away. */
  void discard() {
    if (ended || reader != null || length == MALFORMED) {
      return;
    }
    Reader discarder = new Reader(0, DISCARD_BYTES_MAX);
    reader = discarder;
    try {
      ended = discarder.endsWithin(DISCARD_MAX) && discarder.ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends a reader that still waits, and with it the connection. */
  void release() {
    if (reader != null) {
      reader.thread.interrupt();
    }
  }

  private byte[] read() {
    check();
    if (ended) {
      return NOTHING;
    }
    if (length > bytesMax) {
      throw tooLarge();
    }
    if (isHere()) {
      return readHere();
    }
    Reader started = new Reader(length == CHUNKED ? bytesMax : (int) length, bytesMax);
    reader = started;
    try {
      if (!started.endsWithin(timeout)) {
        throw tooSlow();
      }
    } catch (InterruptedException e) {
      throw ProblemException.unavailable("the server is stopping", Duration.ofSeconds(1));
    }
    return started.bytes();
  }

  private boolean isHere() {
    try {
      return length >= 0 && length <= bytesMax && in.available() >= length;
    } catch (IOException e) {
      return false; // reading will tell
    }
  }

  private byte[] readHere() {
    try {
      byte[] bytes = length == 0 ? NOTHING : in.readNBytes((int) length);
      ended = in.read() < 0;
      return bytes;
    } catch (IOException e) {
      throw new ClientGone(e);
    }
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        ProblemType.BODY_TOO_LARGE, "the body is larger than " + bytesMax + " bytes");
  }

  private ProblemException tooSlow() {
    return new ProblemException(
        ProblemType.TIMEOUT, "the body did not arrive within " + timeout.toMillis() + " ms");
  }

  private static long length(@Nullable List<String> contentLengths) {
    if (contentLengths == null) {
      return 0;
    }
    String text = contentLengths.get(0);
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : MALFORMED;
  }

  /** Reads on a thread of its own; its fields are read by others only after that has ended. */
  private final class Reader implements Runnable {
    final Thread thread;
    final int bytesMax;
    final boolean keeps;
    byte[] buffer;
    int size;
    boolean ended;
    @Nullable Exception failure;

    Reader(int bytesExpected, int bytesMax) {
      this.bytesMax = bytesMax;
      this.keeps = bytesExpected > 0;
      this.buffer = new byte[keeps ? Math.min(bytesExpected, BUFFER_BYTES) + 1 : BUFFER_BYTES];
      this.thread =
          Thread.ofVirtual().name(Thread.currentThread().getName() + "-body").unstarted(this);
    }

    boolean endsWithin(Duration limit) throws InterruptedException {
      thread.start();
      return thread.join(limit);
    }

    @Override
    public void run() {
      try {
        while (size <= bytesMax) {
          if (keeps && size == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * size, bytesMax + 1L));
          }
          int offset = keeps ? size : 0;
          int read = in.read(buffer, offset, buffer.length - offset);
          if (read < 0) {
            ended = true;
            return;
          }
          size += read;
        }
      } catch (IOException | IndexOutOfBoundsException e) {
        failure = e; // the latter is how the JDK meets a chunk of negative size
      }
    }

    byte[] bytes() {
      Body.this.ended = ended;
      if (ended) {
        reader = null;
        return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
      }
      if (failure == null) {
        reader = null;
        throw tooLarge();
      }
      String message = failure.getMessage();
      if (failure instanceof IOException
          && !(message != null && message.startsWith("invalid chunk"))) {
        throw new ClientGone(failure);
      }
      throw new ProblemException(ProblemType.BAD_REQUEST, "the body's chunks are malformed");
    }
  }
}
