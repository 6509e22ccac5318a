package ladder.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from {@code min} to {@code max}. Half of each wait is random ("equal jitter"),
 * so that what failed together does not come back together. As thread-safe as its random generator.
 */
public record Backoff(Duration min, Duration max, RandomGenerator random) {
  public Backoff {
    if (!min.isPositive() || max.compareTo(min) < 0) {
      throw new IllegalArgumentException("a backoff needs 0 < min <= max: " + min + ", " + max);
    }
  }

  /** The wait after the {@code failures}th failure in a row, counted from 1. */
  public long waitNanos(int failures) {
    double doubled = min.toNanos() * Math.pow(2, failures - 1.0);
    long wait = (long) Math.min((double) max.toNanos(), doubled);
    return wait / 2 + random.nextLong(wait / 2 + 1);
  }
}
