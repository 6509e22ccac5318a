package ladder.http;

/**
 * The two parts of a request target in origin form (RFC 9112, 3.2.1), both raw.
 *
 * @param query "" when there is none
 */
record Target(String path, String query) {
  /**
   * @throws ProblemException 400 for any other form, or when it is not plain ASCII
   */
  static Target of(String raw) {
    boolean plain = raw.startsWith("/");
    for (int i = 0; plain && i < raw.length(); i++) {
      char c = raw.charAt(i);
      plain = c > ' ' && c < 0x7F && c != '#';
    }
    if (!plain) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "the request target must be an absolute path in ASCII");
    }
    int mark = raw.indexOf('?');
    return mark < 0
        ? new Target(raw, "")
        : new Target(raw.substring(0, mark), raw.substring(mark + 1));
  }
}
