package ladder.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of one request: so many bytes, or chunks (RFC 9112, 6 and 7.1). It ends where the next
 * request begins. Trailers are refused: nothing here would read them.
 */
final class BodyInput extends InputStream {
  private static final int SIZE_LINE_MAX = 1_024;

  /** Of a chunk's size: 256 MB less one, far beyond any body that is taken. */
  private static final int SIZE_DIGITS_MAX = 7;

  private static final int HEX = 16;

  private final Input in;
  private final boolean chunked;

  /** Of the body, or of the chunk. */
  private long left;

  private boolean begun;
  private boolean ended;

  /** For a head that is not malformed. */
  BodyInput(Head head, Input in) {
    String length = head.header("Content-Length");
    this.in = in;
    this.chunked = head.header("Transfer-Encoding") != null;
    this.left = length == null ? 0 : Long.parseLong(length);
    this.ended = !chunked && left == 0;
  }

  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!ended && chunked && left == 0) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int read = in.read(bytes, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the client left");
    }
    left -= read;
    ended = !chunked && left == 0;
    return read;
  }

  @Override
  public int available() throws IOException {
    int wanted = (int) Math.min(left, Integer.MAX_VALUE);
    return wanted == 0 ? 0 : Math.min(wanted, in.available(wanted));
  }

  private void nextChunk() throws IOException {
    if (begun) {
      endLine();
    }
    begun = true;
    int line = in.awaitLine(SIZE_LINE_MAX);
    int digits = 0;
    while (digits < line && Character.digit(in.at(digits), HEX) >= 0) {
      left = left * HEX + Character.digit(in.at(digits), HEX);
      digits++;
      if (digits > SIZE_DIGITS_MAX) {
        throw new Input.Malformed("a chunk is too large");
      }
    }
    if (digits == 0 || (digits < line && in.at(digits) != ';' && in.at(digits) != ' ')) {
      throw new Input.Malformed("a chunk's size is no number");
    }
    in.nextLine(line);
    if (left == 0) {
      endLine();
      ended = true;
    }
  }

  private void endLine() throws IOException {
    if (in.read() != '\r' || in.read() != '\n') {
      throw new Input.Malformed("a chunk does not end where it should");
    }
  }
}
