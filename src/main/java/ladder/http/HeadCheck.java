package ladder.http;

import java.util.List;
import java.util.Map;

/**
 * Refuses heads that the engine lets pass and that are too large, ambiguous, or unsafe to log and
 * to pass on (RFC 9112). What the engine has mended or dropped when it parsed cannot be seen here:
 * a header folded over two lines has become one line, with a space.
 */
final class HeadCheck {
  /** More than any client of ours sends; the engine closes without an answer at twice that. */
  static final int HEADERS_MAX = 100;

  private HeadCheck() {}

  /** Throws the problem: 400 or 431. */
  static void check(Incoming incoming, int bytesMax) {
    checkSize(incoming, bytesMax);
    checkTarget(incoming.target());
    checkHost(incoming);
    String length = incoming.header("Content-Length");
    // The JDK takes it; a proxy that does not would see another request begin.
    if (length != null && length.startsWith("+")) {
      throw bad("the Content-Length is not a number").with("Connection", "close");
    }
  }

  private static void checkSize(Incoming incoming, int bytesMax) {
    int count = 0;
    long bytes = incoming.target().length();
    boolean clean = true;
    for (Map.Entry<String, List<String>> header : incoming.headers()) {
      for (String value : header.getValue()) {
        count++;
        bytes += header.getKey().length() + value.length();
        clean &= isClean(value);
      }
    }
    if (count > HEADERS_MAX || bytes > bytesMax) {
      throw new ProblemException(
          ProblemType.HEADERS_TOO_LARGE,
          "at most " + HEADERS_MAX + " headers, and " + bytesMax + " bytes with the target");
    }
    if (!clean) {
      throw bad("a header has a control character in it").with("Connection", "close");
    }
  }

  private static boolean isClean(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** A path and a query, in ASCII without controls, spaces and fragments (RFC 9112, 3.2.1). */
  static void checkTarget(String target) {
    boolean sound = target.startsWith("/");
    for (int i = 0; sound && i < target.length(); i++) {
      char c = target.charAt(i);
      sound = c > ' ' && c <= '~' && c != '#';
    }
    if (!sound) {
      throw bad("the request target must be an absolute path in ASCII");
    }
  }

  private static void checkHost(Incoming incoming) {
    int hosts = incoming.headers("Host").size();
    if (hosts > 1) {
      throw bad("the request has more than one Host");
    }
    switch (incoming.protocol()) {
      case "HTTP/1.1" -> {
        if (hosts == 0) {
          throw bad("the request has no Host");
        }
      }
      case "HTTP/1.0" -> {}
      default -> throw bad("the protocol must be HTTP/1.1 or HTTP/1.0");
    }
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(ProblemType.BAD_REQUEST, detail);
  }
}
