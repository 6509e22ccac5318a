package ladder.harness;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import ladder.time.Clock;

/** A clock that a test sets; like the JDK's its nanoseconds may start anywhere. */
public final class FakeClock implements Clock {
  private static final long ORIGIN_NANOS = -7_000_000_000_000L;
  private static final Instant ORIGIN = Instant.parse("2026-11-24T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong(ORIGIN_NANOS);

  /** A clock whose two sides are set apart. */
  public static Clock of(LongSupplier nanos, Supplier<Instant> now) {
    return new Clock() {
      @Override
      public long nanos() {
        return nanos.getAsLong();
      }

      @Override
      public Instant now() {
        return now.get();
      }
    };
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public Instant now() {
    return ORIGIN.plusNanos(nanos.get() - ORIGIN_NANOS);
  }

  public void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }
}
