package ladder.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition instead of sleeping: as long as needed, and no longer than the limit. */
public final class Await {
  private static final long POLL_NANOS = Duration.ofMillis(2).toNanos();

  private Await() {}

  public static void until(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
