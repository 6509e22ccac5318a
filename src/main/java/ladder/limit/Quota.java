package ladder.limit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** So many requests in any span of this length. */
public record Quota(int requests, Duration window) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,7})/([0-9]{1,5})s");

  /** The list in Redis holds one number for each: this many are about 2 MB a key. */
  public static final int REQUESTS_MAX = 100_000;

  public static final Duration WINDOW_MAX = Duration.ofDays(1);

  public Quota {
    if (requests < 1 || requests > REQUESTS_MAX) {
      throw new IllegalArgumentException("must allow 1 to " + REQUESTS_MAX + " requests");
    }
    if (window.toSeconds() < 1 || window.compareTo(WINDOW_MAX) > 0) {
      throw new IllegalArgumentException(
          "must have a window of 1s to " + WINDOW_MAX.toSeconds() + "s");
    }
  }

  /** From {@code 100/60s}. */
  public static Quota parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("must look like 100/60s");
    }
    return new Quota(
        Integer.parseInt(m.group(1)), Duration.ofSeconds(Integer.parseInt(m.group(2))));
  }

  public static Quota perMinute(int requests) {
    return new Quota(requests, Duration.ofMinutes(1));
  }
}
