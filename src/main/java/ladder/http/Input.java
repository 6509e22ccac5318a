package ladder.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What a client sends, through a buffer that grows with a long line and shrinks behind it, so that
 * connections which wait hold little. Not thread-safe.
 */
final class Input extends InputStream {
  /** Not what HTTP allows here. */
  static final class Malformed extends IOException {
    private static final long serialVersionUID = 1L;

    Malformed(String detail) {
      super(detail);
    }
  }

  /** Holds most heads; of an idle connection it is all that is kept. */
  private static final int BYTES = 1_024;

  private final InputStream in;
  private byte[] buffer = new byte[BYTES];
  private int from;
  private int to;

  Input(InputStream in) {
    this.in = in;
  }

  /** Waits for a byte; false when the client has ended its side. */
  boolean awaitByte() throws IOException {
    return from < to || fill();
  }

  private boolean fill() throws IOException {
    if (from == to) {
      from = to = 0;
      buffer = buffer.length > BYTES ? new byte[BYTES] : buffer;
    } else if (to == buffer.length) {
      buffer = Arrays.copyOfRange(buffer, from, from + 2 * (to - from));
      to -= from;
      from = 0;
    }
    int read = in.read(buffer, to, buffer.length - to);
    to += Math.max(0, read);
    return read >= 0;
  }

  /**
   * Waits for a line and tells its length, less the CR LF.
   *
   * @throws Malformed when it is longer than that, or ended by a lone LF (RFC 9112, 2.2)
   * @throws EOFException when the client left before
   */
  int awaitLine(int bytesMax) throws IOException {
    for (int i = 0; i <= bytesMax; i++) {
      if (from + i == to && !fill()) {
        throw new EOFException("the client left");
      }
      if (buffer[from + i] == '\n') {
        if (i == 0 || buffer[from + i - 1] != '\r') {
          throw new Malformed("a line must end with CR LF");
        }
        return i - 1;
      }
    }
    throw new Malformed("a line is too long");
  }

  /** A byte of the line that was awaited. */
  int at(int index) {
    return buffer[from + index];
  }

  /** A part of the line that was awaited, each byte a character. */
  String text(int start, int end) {
    return new String(buffer, from + start, end - start, ISO_8859_1);
  }

  /** Goes on behind the line that was awaited. */
  void nextLine(int length) {
    from += length + 2;
  }

  @Override
  public int read() throws IOException {
    return awaitByte() ? buffer[from++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (from == to && length >= buffer.length) {
      return in.read(bytes, offset, length);
    }
    if (!awaitByte()) {
      return -1;
    }
    int read = Math.min(length, to - from);
    System.arraycopy(buffer, from, bytes, offset, read);
    from += read;
    return read;
  }

  /** What can be read without waiting; the socket is only asked when the buffer has less. */
  int available(int wanted) throws IOException {
    int here = to - from;
    return here >= wanted ? here : here + in.available();
  }
}
