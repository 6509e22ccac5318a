package ladder.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;

/**
 * A request's body: read whole, within a bound and a time.
 *
 * <pre>
 *            whole(), in time
 *   pending ──────────────────▶ whole ─┐ the connection is kept
 *      │ │                             ▼
 *      │ └────discard()─────────────▶ ended
 *      │                               ▲
 *      ├──too large (413)──▶ refused ──┘ discard(), in time and within its bound
 *      ├──too slow (408)───▶ refused, and its reader still waits: release() closes the connection
 *      └──client left──────▶ gone: there is nobody to answer
 * </pre>
 *
 * <p>The engine's stream only blocks, so a body that is not here yet is read by a second virtual
 * thread while the request's own waits with a deadline, and without its place. A sender that misses
 * the deadline is answered 408, and then the reader is interrupted, which closes the channel under
 * it: no thread stays behind. The engine is set to drain nothing ({@link Engine}), since its
 * draining knows no deadline; so this class must bring the stream to its end for the connection to
 * be kept. Not thread-safe: for the request's thread.
 */
final class Body {
  /** The client left before its body was whole: there is nobody to answer. */
  static final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClientGone(@Nullable Throwable cause) {
      super("the client left", cause, false, false);
    }
  }

  /** What is larger is refused, and not read for the sake of the connection either. */
  static final int BYTES_MAX = 65_536;

  /** Read and thrown away before closing, so that the client reads its answer and not a reset. */
  private static final int DISCARD_BYTES_MAX = 1_048_576;

  private static final Duration DISCARD_MAX = Duration.ofSeconds(2);
  private static final long CHUNKED = -1;

  private final InputStream in;
  private final long length;
  private final Duration timeout;
  private final Admission.Place place;
  private byte @Nullable [] whole;
  private @Nullable RuntimeException refused;
  private @Nullable FutureTask<?> reader;

  /** Whether it was read to its end, so that the next request begins where it should. */
  boolean ended;

  /** Prepares to read; the timeout is for the whole body, from the first asking on. */
  Body(Incoming incoming, Duration timeout, Admission.Place place) {
    this.in = incoming.body();
    this.timeout = timeout;
    this.place = place;
    String contentLength = incoming.head().header("Content-Length");
    boolean chunked = incoming.head().header("Transfer-Encoding") != null;
    this.length = chunked ? CHUNKED : contentLength == null ? 0 : Long.parseLong(contentLength);
    if (length == 0) {
      boolean _ = readIfHere(); // the JDK wants to have been asked
    }
  }

  /** All of it; see {@link Request#body}. */
  byte[] whole() {
    if (refused != null) {
      throw refused; // what was read of it is gone
    }
    try {
      if (length > BYTES_MAX) {
        throw tooLarge();
      }
      if (whole == null && !readIfHere()) {
        whole = await();
        place.take();
      }
      return Objects.requireNonNull(whole);
    } catch (ProblemException | ClientGone e) {
      refused = e;
      throw e;
    }
  }

  /** Whether the next request can follow: not when this body's end is far, unknown or missed. */
  boolean keepsConnection() {
    return ended || (reader == null && (readIfHere() || (length >= 0 && length <= BYTES_MAX)));
  }

  /** Reads on for a bounded time and amount, throwing the bytes away; whether that was all. */
  boolean discard() {
    try {
      if (!ended && reader == null && !readIfHere()) {
        long skipped = within(DISCARD_MAX, () -> in.skip(DISCARD_BYTES_MAX));
        ended = skipped < DISCARD_BYTES_MAX;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ClientGone | ExecutionException | TimeoutException e) {
      return false;
    }
    return ended;
  }

  /** Ends a reader that still waits, and with it the connection. */
  void release() {
    if (reader != null) {
      reader.cancel(true);
    }
  }

  private byte[] await() {
    int most = length == CHUNKED ? BYTES_MAX : (int) length;
    try (var _ = Timings.phase(Phase.BODY)) {
      byte[] bytes = within(timeout, () -> in.readNBytes(most + 1));
      reader = null;
      ended = bytes.length <= most;
      if (!ended) {
        throw tooLarge();
      }
      return bytes;
    } catch (TimeoutException e) {
      throw new ProblemException(
          ProblemType.TIMEOUT, "the body did not arrive within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      throw new ProblemException(ProblemType.UNAVAILABLE, "the server is stopping");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Input.Malformed
          || cause instanceof IndexOutOfBoundsException // so the JDK meets a chunk of negative size
          || String.valueOf(cause).contains("invalid chunk")) {
        throw new ProblemException(ProblemType.BAD_REQUEST, "the body's chunks are malformed");
      }
      throw new ClientGone(cause);
    }
  }

  /** Reads a body that came with its head, as most do, without a second thread. */
  private boolean readIfHere() {
    try {
      if (length == CHUNKED || length > BYTES_MAX || in.available() < length) {
        return false;
      }
      whole = in.readNBytes((int) length);
      ended = in.read() < 0;
      return true;
    } catch (IOException e) {
      throw new ClientGone(e);
    }
  }

  /** Lets a second thread read, without a place meanwhile. */
  private <T> T within(Duration limit, Callable<T> reading)
      throws InterruptedException, ExecutionException, TimeoutException {
    place.leave();
    FutureTask<T> task = new FutureTask<>(reading);
    reader = task;
    Thread.ofVirtual().name(Thread.currentThread().getName() + "-body").start(task);
    return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        ProblemType.BODY_TOO_LARGE, "the body is larger than " + BYTES_MAX + " bytes");
  }
}
