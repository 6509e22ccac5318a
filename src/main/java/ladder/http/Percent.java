package ladder.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Percent-decoding (RFC 3986), strict: malformed escapes and malformed UTF-8 are a 400. */
final class Percent {
  private Percent() {}

  /**
   * Decodes a path segment or one side of a query pair.
   *
   * @param plusIsSpace as in forms, whose habit query strings share
   */
  static String decode(String raw, boolean plusIsSpace) {
    if (raw.indexOf('%') < 0 && !(plusIsSpace && raw.indexOf('+') >= 0)) {
      return raw;
    }
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        if (i + 2 >= raw.length()
            || !HexFormat.isHexDigit(raw.charAt(i + 1))
            || !HexFormat.isHexDigit(raw.charAt(i + 2))) {
          throw malformed();
        }
        bytes[length++] = (byte) HexFormat.fromHexDigits(raw, i + 1, i + 3);
        i += 2;
      } else {
        bytes[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    return utf8(bytes, length);
  }

  /** Decodes a raw query string; a repeated parameter is a 400 that names it. */
  static Map<String, String> query(String raw) {
    if (raw.isEmpty()) {
      return Map.of();
    }
    Map<String, String> query = new LinkedHashMap<>();
    for (int start = 0; start <= raw.length(); ) {
      int ampersand = raw.indexOf('&', start);
      int end = ampersand < 0 ? raw.length() : ampersand;
      if (end > start) {
        int equals = raw.indexOf('=', start);
        int nameEnd = equals < 0 || equals > end ? end : equals;
        String name = decode(raw.substring(start, nameEnd), true);
        String value = nameEnd == end ? "" : decode(raw.substring(nameEnd + 1, end), true);
        if (query.put(name, value) != null) {
          throw new ProblemException(
              ProblemType.BAD_REQUEST, "the query parameter \"" + name + "\" is repeated");
        }
      }
      start = end + 1;
    }
    return query;
  }

  private static String utf8(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed();
    }
  }

  private static ProblemException malformed() {
    return new ProblemException(
        ProblemType.BAD_REQUEST, "the request target is not percent-encoded UTF-8");
  }
}
