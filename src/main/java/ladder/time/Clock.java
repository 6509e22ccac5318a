package ladder.time;

import java.time.Instant;

/**
 * The time, injected so that tests can set it. {@link #nanos} measures durations and never steps;
 * {@link #now} is for what is stored or shown, and may step when the system's clock is set.
 */
public interface Clock {
  /** Nanoseconds since an arbitrary origin; compare two readings by their difference. */
  long nanos();

  /** The date and time. */
  Instant now();

  /** The system's own clock. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
