package ladder.limit;

import java.time.Duration;

/**
 * @param remaining requests left in the window that ends now
 * @param untilMore when the oldest request leaves the window and one more is allowed
 */
public record Decision(boolean allowed, int remaining, Duration untilMore) {
  /** Whole seconds, rounded up: a client that waits so long is not refused again. */
  public long untilMoreSeconds() {
    return Math.max(1, untilMore.plusNanos(999_999_999).toSeconds());
  }
}
