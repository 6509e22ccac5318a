package ladder.admin;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import ladder.measure.Sample.Spent;
import ladder.time.Clock;
import ladder.time.PeriodicTask;

/**
 * How late a virtual thread runs that is due: what every wait of a request has added to it when
 * carriers or processors are short. Run it on a virtual thread; reading it is thread-safe.
 */
final class SchedulingDelay implements PeriodicTask.Run {
  /**
   * A hundred readings in a window of ten seconds; more would cost a measurable share of a core.
   */
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final LongAdder lateNanos = new LongAdder();
  private final LongAdder runs = new LongAdder();
  private final Clock clock;
  private long dueNanos;

  SchedulingDelay(Clock clock) {
    this.clock = clock;
    this.dueNanos = clock.nanos();
  }

  @Override
  public long run() {
    long now = clock.nanos();
    lateNanos.add(Math.max(0, now - dueNanos));
    runs.increment();
    dueNanos = now + INTERVAL.toNanos();
    return INTERVAL.toNanos();
  }

  /** Runs so far, and how late they were together. */
  Spent spent() {
    return new Spent(runs.sum(), lateNanos.sum() / 1e9);
  }
}
