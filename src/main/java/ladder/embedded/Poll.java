package ladder.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for another process, which sends no signal: look, rest, look again, up to a bound. */
final class Poll {
  /** Short beside what servers take to start or stop, long beside the cost of a look. */
  private static final Duration REST = Duration.ofMillis(10);

  private Poll() {}

  /** Whether the condition held within the bound; an interrupt ends the wait at once. */
  static boolean until(Duration bound, BooleanSupplier condition) {
    for (long looks = bound.dividedBy(REST); looks > 0; looks--) {
      if (condition.getAsBoolean()) {
        return true;
      }
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(REST.toNanos());
    }
    return condition.getAsBoolean();
  }
}
