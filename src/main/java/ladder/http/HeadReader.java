package ladder.http;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Reads the head of a request (RFC 9112, 2 to 6), strictly: whatever two readers could take for
 * different requests is malformed.
 */
final class HeadReader {
  /** Twice what is answered with 431 while the connection is kept ({@link HeadCheck}). */
  private static final int BYTES_MAX = 2 * HeadCheck.BYTES_MAX;

  private static final int HEADERS_MAX = 2 * HeadCheck.HEADERS_MAX;

  /** A long has 19 digits at most; 18 can't overflow. */
  private static final int DIGITS_MAX = 18;

  /** In names and methods, besides letters and digits (RFC 9110, 5.6.2). */
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private final Input in;
  private int bytesLeft = BYTES_MAX;

  private HeadReader(Input in) {
    this.in = in;
  }

  /**
   * Waits for a head. One that is malformed has a fault that says so.
   *
   * @throws IOException when the client leaves before it is whole
   */
  static Head read(Input in) throws IOException {
    HeadReader reader = new HeadReader(in);
    try {
      return reader.head();
    } catch (Input.Malformed e) {
      return reader.bytesLeft <= 0
          ? Head.malformed(ProblemType.HEADERS_TOO_LARGE, "the head is too large")
          : Head.malformed(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private Head head() throws IOException {
    int line = awaitLine();
    if (line == 0) { // left over from the request before (RFC 9112, 2.2)
      in.nextLine(line);
      line = awaitLine();
    }
    int target = indexOf(' ', 0, line) + 1;
    int protocol = indexOf(' ', target, line) + 1;
    if (target == 0 || protocol == 0 || !isToken(target - 1)) {
      throw new Input.Malformed("the request line must be: method, target, protocol");
    }
    Head head =
        new Head(in.text(0, target - 1), in.text(target, protocol - 1), in.text(protocol, line));
    in.nextLine(line);
    for (line = awaitLine(); line > 0; line = awaitLine()) {
      header(head, line);
      in.nextLine(line);
    }
    in.nextLine(line);
    checkFraming(head);
    return head;
  }

  private int awaitLine() throws IOException {
    try {
      int line = in.awaitLine(bytesLeft);
      bytesLeft -= line;
      return line;
    } catch (Input.Malformed e) {
      bytesLeft = String.valueOf(e.getMessage()).contains("long") ? 0 : bytesLeft;
      throw e;
    }
  }

  private void header(Head head, int line) throws IOException {
    int colon = indexOf(':', 0, line);
    if (colon < 0 || !isToken(colon)) { // also a line that is folded, or a space before the colon
      throw new Input.Malformed("a header must be: name, colon, value");
    }
    if (head.headers() == HEADERS_MAX) {
      bytesLeft = 0;
      throw new Input.Malformed("there are too many headers");
    }
    int start = colon + 1;
    int end = line;
    while (start < end && isBlank(in.at(start))) {
      start++;
    }
    while (end > start && isBlank(in.at(end - 1))) {
      end--;
    }
    head.add(in.text(0, colon), in.text(start, end));
  }

  /** A length, or chunks, or neither; never both or two (RFC 9112, 6.3). */
  private static void checkFraming(Head head) throws IOException {
    List<String> lengths = head.headers("Content-Length");
    List<String> codings = head.headers("Transfer-Encoding");
    if (lengths.size() + codings.size() > 1) {
      throw new Input.Malformed("the body must have one length");
    }
    for (String length : lengths) {
      if (length.isEmpty()
          || length.length() > DIGITS_MAX
          || !HeadCheck.all(length, c -> c >= '0' && c <= '9')) {
        throw new Input.Malformed("the Content-Length is not a number");
      }
    }
    for (String coding : codings) {
      if (!coding.toLowerCase(Locale.ROOT).equals("chunked") || head.protocol.endsWith("/1.0")) {
        throw new Input.Malformed("the Transfer-Encoding must be chunked");
      }
    }
  }

  private int indexOf(char wanted, int from, int line) {
    for (int i = from; i < line; i++) {
      if (in.at(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** Whether the line begins with a token that ends here. */
  private boolean isToken(int end) {
    for (int i = 0; i < end; i++) {
      int c = in.at(i);
      int lower = c | 0x20;
      boolean plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
      if (!plain && TOKEN_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return end > 0;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }
}
