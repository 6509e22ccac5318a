package ladder.http;

/**
 * The two parts of a request target in origin form (RFC 9112, 3.2.1), both raw.
 *
 * @param query "" when there is none
 */
record Target(String path, String query) {
  /** Splits at the question mark, and checks nothing yet. */
  static Target split(String raw) {
    int mark = raw.indexOf('?');
    return mark < 0
        ? new Target(raw, "")
        : new Target(raw.substring(0, mark), raw.substring(mark + 1));
  }

  /**
   * Refuses any other form, and what is not plain ASCII.
   *
   * @throws ProblemException 400
   */
  void check() {
    if (!path.startsWith("/") || !isPlain(path) || !isPlain(query)) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "the request target must be an absolute path in ASCII");
    }
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7F || c == '#') {
        return false;
      }
    }
    return true;
  }
}
