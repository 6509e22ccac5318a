package ladder.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting in tests: for a condition that is looked at again and again, up to a deadline. */
public final class Await {
  private static final Duration REST = Duration.ofMillis(10);

  private Await() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @param what names the condition in the failure, as in {@code "the row on the replica"}
   * @throws AssertionError when it doesn't hold within the bound
   */
  public static void until(String what, Duration bound, BooleanSupplier condition) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited %s in vain for %s".formatted(bound, what));
      }
      LockSupport.parkNanos(REST.toNanos());
    }
  }
}
