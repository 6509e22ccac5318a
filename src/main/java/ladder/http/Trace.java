package ladder.http;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What a request is known by in logs and traces. */
final class Trace {
  private static final int ID_CHARS_MAX = 128;
  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int ID_CHARS = 13;
  private static final int TRACEPARENT_CHARS = 55;

  private Trace() {}

  /** The client's id when it is sane, otherwise a new one: 64 random bits in base 32. */
  static String requestId(@Nullable String sent) {
    if (sent != null && isSane(sent)) {
      return sent;
    }
    char[] id = new char[ID_CHARS];
    long random = ThreadLocalRandom.current().nextLong();
    for (int i = 0; i < ID_CHARS; i++) {
      id[i] = DIGITS.charAt((int) (random >>> (5 * i)) & 31);
    }
    return new String(id);
  }

  /** The one valid {@code traceparent} (W3C Trace Context, level 2), or null. */
  static @Nullable String parent(@Nullable List<String> sent) {
    if (sent == null || sent.size() != 1) {
      return null;
    }
    String text = sent.get(0);
    if (text.length() < TRACEPARENT_CHARS
        || !isHex(text, 0, 2)
        || text.charAt(2) != '-'
        || !isHex(text, 3, 35)
        || text.charAt(35) != '-'
        || !isHex(text, 36, 52)
        || text.charAt(52) != '-'
        || !isHex(text, 53, 55)
        || text.startsWith("ff")
        || isZero(text, 3, 35)
        || isZero(text, 36, 52)) {
      return null;
    }
    // A later version may say more, after another dash; it must still be safe to echo.
    boolean more = text.length() > TRACEPARENT_CHARS;
    boolean later = !text.startsWith("00");
    if (more && !(later && text.charAt(TRACEPARENT_CHARS) == '-' && isSane(text))) {
      return null;
    }
    return text;
  }

  /** The trace's id within a valid {@code traceparent}. */
  static String traceId(String traceparent) {
    return traceparent.substring(3, 35);
  }

  private static boolean isSane(String id) {
    if (id.isEmpty() || id.length() > ID_CHARS_MAX) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
