package ladder.http;

import java.util.function.IntPredicate;

/**
 * Refuses heads that the engine lets pass and that are too large, ambiguous, or unsafe to log and
 * to pass on (RFC 9112). What the engine has mended or dropped when it parsed cannot be seen here:
 * a header folded over two lines has become one line, with a space.
 */
final class HeadCheck {
  /** More than any client of ours sends; the engine closes without an answer at twice that. */
  static final int HEADERS_MAX = 100;

  /**
   * Of the target, and all names and values of headers: twice what browsers and proxies are known
   * to send; keys, traces and cookies fit with ease. The engine is set to eight times that.
   */
  static final int BYTES_MAX = 16_384;

  private HeadCheck() {}

  /** Throws the problem: 400 or 431. */
  static void check(Head head) {
    if (head.fault != null) {
      throw head.fault;
    }
    checkHeaders(head);
    checkTarget(head.target);
    int hosts = head.headers("Host").size();
    if (hosts > 1 || (hosts == 0 && !head.protocol.equals("HTTP/1.0"))) {
      throw bad("the request must have one Host");
    }
    if (!head.protocol.equals("HTTP/1.1") && !head.protocol.equals("HTTP/1.0")) {
      throw bad("the protocol must be HTTP/1.1 or HTTP/1.0");
    }
    String length = head.header("Content-Length");
    // The JDK takes it; a proxy that does not would see another request begin.
    if (length != null && length.startsWith("+")) {
      throw bad("the Content-Length is not a number").with("Connection", "close");
    }
  }

  private static void checkHeaders(Head head) {
    long bytes = head.target.length();
    boolean clean = true;
    for (int i = 0; i < head.headers(); i++) {
      bytes += head.name(i).length() + head.value(i).length();
      clean &= all(head.value(i), HeadCheck::isVisible);
    }
    if (head.headers() > HEADERS_MAX || bytes > BYTES_MAX) {
      throw new ProblemException(
          ProblemType.HEADERS_TOO_LARGE,
          "at most " + HEADERS_MAX + " headers, and " + BYTES_MAX + " bytes with the target");
    }
    if (!clean) {
      throw bad("a header has a control character in it").with("Connection", "close");
    }
  }

  /** A path and a query, in ASCII without controls, spaces and fragments (RFC 9112, 3.2.1). */
  static void checkTarget(String target) {
    if (!target.startsWith("/") || !all(target, c -> c > ' ' && c <= '~' && c != '#')) {
      throw bad("the request target must be an absolute path in ASCII");
    }
  }

  /** What a header's value may have (RFC 9110, 5.5): no controls but the tab. */
  static boolean isVisible(int c) {
    return (c >= ' ' && c != 0x7f) || c == '\t';
  }

  /** A loop, because it looks at each character of each request, where a pattern would cost. */
  static boolean all(String text, IntPredicate allowed) {
    for (int i = 0; i < text.length(); i++) {
      if (!allowed.test(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(ProblemType.BAD_REQUEST, detail);
  }
}
