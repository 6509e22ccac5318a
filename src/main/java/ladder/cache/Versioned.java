package ladder.cache;

/**
 * Reads the version off the end of a JSON object, {@code …"version":7}}, without parsing the rest:
 * the hit path passes values through as they are.
 */
public final class Versioned {
  /** What {@link #version} answers for bytes that don't end so. */
  public static final long NONE = -1;

  private static final byte[] NAME = {'"', 'v', 'e', 'r', 's', 'i', 'o', 'n', '"'};

  /** A long has 19 digits at most; 18 can't overflow. */
  private static final int DIGITS_MAX = 18;

  private Versioned() {}

  public static long version(byte[] json) {
    int end = json.length - 1;
    if (end < 0 || json[0] != '{' || json[end] != '}') {
      return NONE;
    }
    int at = skipSpace(json, end - 1);
    long version = 0;
    long place = 1;
    int digits = 0;
    for (; at >= 0 && json[at] >= '0' && json[at] <= '9'; at--) {
      if (++digits > DIGITS_MAX) {
        return NONE;
      }
      version += (json[at] - '0') * place;
      place *= 10;
    }
    at = skipSpace(json, at);
    if (digits == 0 || at < 0 || json[at] != ':') {
      return NONE;
    }
    at = skipSpace(json, at - 1);
    return endsInName(json, at) ? version : NONE;
  }

  private static int skipSpace(byte[] json, int from) {
    int at = from;
    while (at >= 0 && (json[at] == ' ' || json[at] == '\n' || json[at] == '\t')) {
      at--;
    }
    return at;
  }

  private static boolean endsInName(byte[] json, int last) {
    int first = last - NAME.length + 1;
    if (first < 0) {
      return false;
    }
    for (int i = 0; i < NAME.length; i++) {
      if (json[first + i] != NAME[i]) {
        return false;
      }
    }
    return true;
  }
}
