package ladder.journal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from {@code min} to {@code max}. Half of each wait is random, so that entries
 * which failed together do not come back together. As thread-safe as its random generator.
 */
final class Backoff {
  private final long minNanos;
  private final long maxNanos;
  private final RandomGenerator random;

  Backoff(Duration min, Duration max, RandomGenerator random) {
    this.minNanos = min.toNanos();
    this.maxNanos = max.toNanos();
    this.random = random;
    if (minNanos <= 0 || maxNanos < minNanos) {
      throw new IllegalArgumentException("a backoff needs 0 < min <= max: " + min + ", " + max);
    }
  }

  /** The wait after the {@code failures}th failure in a row, counted from 1. */
  long waitNanos(int failures) {
    long wait = minNanos;
    for (int i = 1; i < failures && wait < maxNanos; i++) {
      wait = wait > maxNanos / 2 ? maxNanos : wait * 2;
    }
    return wait / 2 + random.nextLong(wait / 2 + 1);
  }
}
