package ladder.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The two parts of a request target in origin form (RFC 9112, 3.2.1), both raw, and how they are
 * decoded (RFC 3986): strictly, so that malformed escapes and malformed UTF-8 are a 400.
 *
 * @param query "" when there is none
 */
record Target(String path, String query) {
  /** ASCII without controls, spaces and fragments. */
  private static final Pattern QUERY = Pattern.compile("[!-~&&[^#]]*");

  private static final Pattern PATH = Pattern.compile("/" + QUERY);

  /** Splits at the question mark, and checks nothing yet. */
  static Target split(String raw) {
    int mark = raw.indexOf('?');
    return mark < 0
        ? new Target(raw, "")
        : new Target(raw.substring(0, mark), raw.substring(mark + 1));
  }

  /** Refuses any other form, and what is not plain ASCII. */
  void check() {
    if (!PATH.matcher(path).matches() || !QUERY.matcher(query).matches()) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "the request target must be an absolute path in ASCII");
    }
  }

  /** The query's parameters in their order; a repeated one is a 400 that names it. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] sides = pair.split("=", 2);
        String name = decode(sides[0], true);
        if (parameters.put(name, sides.length == 1 ? "" : decode(sides[1], true)) != null) {
          throw new ProblemException(
              ProblemType.BAD_REQUEST, "the query parameter \"" + name + "\" is repeated");
        }
      }
    }
    return parameters;
  }

  /**
   * Decodes a path segment or one side of a query pair.
   *
   * @param plusIsSpace as in forms, whose habit query strings share
   */
  static String decode(String raw, boolean plusIsSpace) {
    if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
      return raw;
    }
    try {
      // Only the bytes: as UTF-8, the decoder would replace what is malformed.
      String bytes = URLDecoder.decode(raw.replace("+", plusIsSpace ? "%20" : "%2B"), ISO_8859_1);
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1))).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "the request target is not percent-encoded UTF-8");
    }
  }
}
