package ladder.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class TimingsTest {
  private final Timings timings = new Timings();

  @Test
  void recordsNothingOutsideARequest() {
    Timings.record(Phase.DB, 1_000);
    assertFalse(timings.applies(Phase.DB));
  }

  @Test
  void recordsInTheRequestOfThisThread() {
    ScopedValue.where(Timings.CURRENT, timings)
        .run(
            () -> {
              Timings.record(Phase.DB, 1_000);
              Timings.record(Phase.DB, 2_000);
            });
    assertEquals(3_000, timings.nanos(Phase.DB));
  }

  @Test
  void writesTheTotalAlone() {
    assertEquals("total;dur=1.5", timings.serverTiming(1_500_000));
  }

  @Test
  void writesThePhasesThatApplyInTheirOrder() {
    timings.add(Phase.DB, 12_345_678);
    timings.add(Phase.AUTH, 0);
    timings.add(Phase.CACHE, 30_000);
    assertEquals(
        "auth;dur=0, cache;dur=0.03, db;dur=12.346, total;dur=20",
        timings.serverTiming(20_000_000));
  }

  @Test
  void roundsToWholeMicroseconds() {
    assertEquals("total;dur=0", timings.serverTiming(499));
    assertEquals("total;dur=0.001", timings.serverTiming(500));
    assertEquals("total;dur=1", timings.serverTiming(999_500));
    assertEquals("total;dur=0.101", timings.serverTiming(101_000));
  }

  @Test
  void takesAClockThatWentBackwardsForNoTime() {
    timings.add(Phase.POOL, -5);
    assertEquals("pool;dur=0, total;dur=0", timings.serverTiming(-1));
  }
}
