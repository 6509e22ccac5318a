package ladder.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Reads the version off the end of a JSON object, {@code …,"version":7}}, without parsing the rest:
 * the hit path passes values through as they are. They are written without white space.
 */
public final class Versioned {
  /** What {@link #version} answers for bytes that don't end so. */
  public static final long NONE = -1;

  private static final byte[] NAME = "\"version\":".getBytes(US_ASCII);

  /** A long has 19 digits at most; 18 can't overflow. */
  private static final int DIGITS_MAX = 18;

  private Versioned() {}

  public static long version(byte[] json) {
    int end = json.length - 1;
    if (end < 0 || json[0] != '{' || json[end] != '}') {
      return NONE;
    }
    int first = end;
    long version = 0;
    for (long place = 1; json[first - 1] >= '0' && json[first - 1] <= '9'; place *= 10) {
      first--;
      version += (json[first] - '0') * place;
    }
    int digits = end - first;
    boolean named =
        first > NAME.length
            && Arrays.equals(json, first - NAME.length, first, NAME, 0, NAME.length);
    return named && digits > 0 && digits <= DIGITS_MAX ? version : NONE;
  }
}
