package ladder.http;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request is known by in logs and traces. */
final class Trace {
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /** Trace id, parent id and flags; an id must not be all zeros. */
  private static final String IDS = "(?!0+-)[0-9a-f]{32}-(?!0+-)[0-9a-f]{16}-[0-9a-f]{2}";

  /** Versions after 00 may say more, after another dash; it must still be safe to echo. */
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-" + IDS + "|(?!00|ff)[0-9a-f]{2}-" + IDS + "(-[A-Za-z0-9._-]{0,72})?");

  private Trace() {}

  /** The client's id when it is sane, otherwise a new one: 64 random bits. */
  static String requestId(@Nullable String sent) {
    return sent != null && SANE.matcher(sent).matches()
        ? sent
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** The one valid {@code traceparent} (W3C Trace Context, level 2), or null. */
  static @Nullable String parent(@Nullable List<String> sent) {
    return sent != null && sent.size() == 1 && TRACEPARENT.matcher(sent.get(0)).matches()
        ? sent.get(0)
        : null;
  }

  /** The trace's id within a valid {@code traceparent}. */
  static String traceId(String traceparent) {
    return traceparent.substring(3, 35);
  }
}
