package ladder.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Reads the version off the end of a JSON object, {@code …,"version":7}}, without parsing the rest:
 * the hit path passes values through as they are. They are written without white space.
 */
public final class Versioned {
  /** What {@link #version} answers for bytes that don't end so. */
  public static final long NONE = -1;

  private static final byte[] NAME = "\"version\":".getBytes(US_ASCII);

  private Versioned() {}

  public static long version(byte[] json) {
    int end = json.length - 1;
    if (end < 0 || json[0] != '{' || json[end] != '}') {
      return NONE;
    }
    int first = Entry.last(json, ':', end) + 1;
    return Entry.isBefore(first, json, NAME) ? Entry.number(json, first, end) : NONE;
  }
}
