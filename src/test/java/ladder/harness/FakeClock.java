package ladder.harness;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A nanosecond clock that a test turns; like the JDK's it may stand anywhere at first. */
public final class FakeClock implements LongSupplier {
  private final AtomicLong nanos = new AtomicLong(-7_000_000_000_000L);

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  public void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }
}
