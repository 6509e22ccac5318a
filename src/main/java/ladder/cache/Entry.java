package ladder.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Redis holds for a key: the JSON object, with what the cache needs to know in a last member,
 * {@code {"id":7,…,"_":"1 4f2a… 1764008100000 2"}}. So the value is still JSON, and taking the
 * member off its end gives the bytes that are sent, without parsing them. An object with that
 * member alone stands for a value that does not exist. Immutable.
 *
 * @param value null when there is none
 * @param schema the shape of the value; one of another shape is not read
 * @param runId of the Redis that it was put in ({@link ladder.redis.Redis#runId})
 * @param expiresMillis when the time to live ends, since the epoch
 * @param loadMillis how long it took to load
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Entry(
    byte @Nullable [] value, int schema, String runId, long expiresMillis, long loadMillis) {
  /** Far above any user; what is larger is not one of ours. */
  static final int BYTES_MAX = 64 * 1024;

  private static final byte[] NAME = "\"_\":\"".getBytes(US_ASCII);

  /** A long has 19 digits at most; 18 can't overflow. */
  private static final int DIGITS_MAX = 18;

  /** Empty for what is no entry. */
  static Optional<Entry> read(byte[] held) {
    int end = held.length - 2;
    if (end < 0 || held.length > BYTES_MAX || held[end] != '"' || held[end + 1] != '}') {
      return Optional.empty();
    }
    // What ends before each part, from the last to the first; -1 once one is missing.
    int load = last(held, ' ', end);
    int expires = last(held, ' ', load);
    int runId = last(held, ' ', expires);
    int schema = last(held, '"', runId);
    if (!isBefore(schema + 1, held, NAME)) {
      return Optional.empty();
    }
    Entry entry =
        new Entry(
            value(held, schema + 1 - NAME.length),
            (int) number(held, schema + 1, runId),
            new String(held, runId + 1, expires - runId - 1, US_ASCII),
            number(held, expires + 1, load),
            number(held, load + 1, end));
    return entry.expiresMillis < 0 || entry.loadMillis < 0 ? Optional.empty() : Optional.of(entry);
  }

  /** Whether a member of this name has its value from there on. */
  static boolean isBefore(int end, byte[] json, byte[] name) {
    int start = end - name.length;
    return start > 0 && Arrays.equals(json, start, end, name, 0, name.length);
  }

  /** Where the last of these before the end is; -1 when there is none. */
  static int last(byte[] held, char wanted, int end) {
    int i = end - 1;
    while (i >= 0 && held[i] != wanted) {
      i--;
    }
    return i;
  }

  /** -1 for what is no number. */
  static long number(byte[] held, int from, int to) {
    long number = to > from && to - from <= DIGITS_MAX ? 0 : -1;
    for (int i = from; i < to && number >= 0; i++) {
      number = held[i] >= '0' && held[i] <= '9' ? number * 10 + held[i] - '0' : -1;
    }
    return number;
  }

  private static byte @Nullable [] value(byte[] held, int member) {
    if (member == 1) {
      return null;
    }
    byte[] value = Arrays.copyOf(held, member);
    value[member - 1] = '}'; // in place of the comma
    return value;
  }

  byte[] bytes() {
    byte[] member =
        "%c\"_\":\"%d %s %d %d\"}"
            .formatted(value == null ? '{' : ',', schema, runId, expiresMillis, loadMillis)
            .getBytes(US_ASCII);
    int start = value == null ? 0 : value.length - 1; // in place of the brace
    byte[] bytes = Arrays.copyOf(value == null ? member : value, start + member.length);
    System.arraycopy(member, 0, bytes, start, member.length);
    return bytes;
  }

  /** The same with another end. */
  Entry expiringAt(long millis) {
    return new Entry(value, schema, runId, millis, loadMillis);
  }
}
