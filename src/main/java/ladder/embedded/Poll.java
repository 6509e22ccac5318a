package ladder.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import ladder.time.Clock;

/**
 * Waits for another process, which sends no signal: look, rest, look again, until the time is up.
 * As thread-safe as its clock.
 */
record Poll(Clock clock) {
  /** Short beside what servers take to start or stop, long beside the cost of a look. */
  private static final Duration REST = Duration.ofMillis(10);

  /**
   * Whether the condition holds within the bound. A look under way when the time is up is the last;
   * an interrupt ends the wait at once.
   */
  boolean until(Duration bound, BooleanSupplier condition) {
    long beganNanos = clock.nanos();
    while (!condition.getAsBoolean()) {
      if (clock.nanos() - beganNanos >= bound.toNanos() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(REST.toNanos());
    }
    return true;
  }
}
