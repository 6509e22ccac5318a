package ladder.admin;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import ladder.http.Request;
import ladder.time.Clock;

/**
 * The browsers that have signed in: random ids in a bounded table, so that the cookie does not hold
 * the token and signing out ends what it was good for. They end with the process. Thread-safe.
 */
final class Sessions {
  /** Operators are few; the one that signed in first makes room. */
  private static final int SESSIONS_MAX = 64;

  /** A working day. */
  private static final Duration LIFE = Duration.ofHours(12);

  private static final int ID_BYTES = 16;
  private static final Pattern COOKIE =
      Pattern.compile("(?:^|;\\s*)ladder_admin=([0-9a-f]{" + 2 * ID_BYTES + "})(?=;|$)");

  private final SecureRandom random = new SecureRandom();
  private final Clock clock;

  /** When each began. */
  private final Map<String, Long> beganNanos =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > SESSIONS_MAX;
        }
      };

  Sessions(Clock clock) {
    this.clock = clock;
  }

  /** A new session's cookie (RFC 6265), for this site alone and for no script. */
  synchronized String begin() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    beganNanos.put(id, clock.nanos());
    return cookie(id, LIFE);
  }

  synchronized boolean isOpen(Request request) {
    Optional<String> id = id(request);
    Long began = id.isEmpty() ? null : beganNanos.get(id.get());
    return began != null && clock.nanos() - began < LIFE.toNanos();
  }

  /** Ends the session; gives the cookie that replaces its own. */
  synchronized String end(Request request) {
    id(request).ifPresent(beganNanos::remove);
    return cookie("", Duration.ZERO);
  }

  private static String cookie(String id, Duration life) {
    return "ladder_admin=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict"
        .formatted(id, life.toSeconds());
  }

  private static Optional<String> id(Request request) {
    return request.headers("Cookie").stream()
        .flatMap(cookies -> COOKIE.matcher(cookies).results())
        .map((MatchResult cookie) -> cookie.group(1))
        .findFirst();
  }
}
