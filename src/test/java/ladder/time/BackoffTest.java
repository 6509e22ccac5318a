package ladder.time;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10), new Random(3));

  @Test
  void doublesUpToItsBoundAndKeepsAtLeastHalf() {
    long full = Duration.ofSeconds(1).toNanos();
    long max = Duration.ofMinutes(10).toNanos();
    for (int failures = 1; failures < 200; failures++) {
      long wait = backoff.waitNanos(failures);
      assertTrue(wait >= full / 2 && wait <= full, failures + ": " + wait);
      full = Math.min(max, full * 2);
    }
  }

  @Test
  void survivesAnyNumberOfFailures() {
    assertTrue(backoff.waitNanos(Integer.MAX_VALUE) > 0);
    assertTrue(backoff.waitNanos(0) > 0);
  }

  @Test
  void refusesBoundsThatAreUpsideDown() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), new Random()));
  }
}
