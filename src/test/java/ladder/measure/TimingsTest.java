package ladder.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import ladder.harness.FakeClock;
import ladder.measure.Timings.Span;
import org.junit.jupiter.api.Test;

class TimingsTest {
  private final FakeClock clock = new FakeClock();
  private final Timings timings = new Timings(clock);

  private void pass(int millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  private void inRequest(Runnable work) {
    ScopedValue.where(Timings.CURRENT, timings).run(work);
  }

  private String phases() {
    return timings.serverTiming(0);
  }

  @Test
  void recordsNothingOutsideARequest() {
    try (var _ = Timings.phase(Phase.PRIMARY)) {
      pass(1);
    }
    assertFalse(timings.applies(Phase.PRIMARY));
  }

  @Test
  void addsUpTheSamePhase() {
    inRequest(
        () -> {
          for (int i = 0; i < 2; i++) {
            try (var _ = Timings.phase(Phase.PRIMARY)) {
              pass(3);
            }
            pass(5);
          }
        });
    assertEquals("db;dur=6, total;dur=0", phases());
  }

  @Test
  void takesTheTimeOfAnInnerPhaseFromTheOuter() {
    inRequest(
        () -> {
          try (var _ = Timings.phase(Phase.PRIMARY)) {
            pass(1);
            try (var _ = Timings.phase(Phase.JOURNAL)) {
              pass(10);
            }
            pass(2);
          }
        });
    assertEquals("db;dur=3, journal;dur=10, total;dur=0", phases());
  }

  @Test
  void sharesTheTimeOfPhasesSideBySide() {
    inRequest(
        () -> {
          Span limit = Timings.beside(Phase.LIMIT);
          Span cache = Timings.beside(Phase.CACHE);
          pass(8);
          limit.close();
          pass(1);
          cache.close();
          limit.close();
          pass(100);
        });
    assertEquals("limit;dur=4, cache;dur=5, total;dur=0", phases());
  }

  @Test
  void dividesTheWaitForSharedWorkAsTheTimeOfTheWorkWas() {
    inRequest(
        () -> {
          var shared =
              Timings.shared(
                  clock,
                  () -> {
                    try (var _ = Timings.phase(Phase.PRIMARY)) {
                      pass(3);
                    }
                    try (var _ = Timings.phase(Phase.JOURNAL)) {
                      pass(6);
                    }
                    pass(1);
                    return List.of("a", "b");
                  });
          assertEquals(
              "b",
              Timings.share(
                  clock,
                  () -> {
                    pass(20);
                    return shared.get(1);
                  }));
        });
    timings.finish(Duration.ofMillis(30).toNanos());
    assertEquals("db;dur=6, journal;dur=12, total;dur=0", phases());
    assertEquals(12, Duration.ofNanos(timings.nanos(Phase.REST)).toMillis());
  }

  @Test
  void neverCountsAMomentTwice() {
    inRequest(
        () -> {
          Span cache = Timings.beside(Phase.CACHE);
          pass(2);
          try (var _ = Timings.phase(Phase.AUTH)) {
            pass(4);
          }
          pass(2);
          cache.close();
        });
    assertEquals(4, Duration.ofNanos(timings.nanos(Phase.CACHE)).toMillis());
    assertEquals(4, Duration.ofNanos(timings.nanos(Phase.AUTH)).toMillis());
  }

  @Test
  void showsClientsBothPoolsAndBothServersAsOne() {
    inRequest(
        () -> {
          int millis = 1;
          for (Phase phase : Phase.values()) {
            try (var _ = Timings.phase(phase)) {
              pass(millis);
            }
            millis *= 2;
          }
        });
    assertEquals(
        "auth;dur=1, limit;dur=2, cache;dur=4, pool;dur=24, db;dur=96, journal;dur=128,"
            + " total;dur=0",
        phases());
  }

  @Test
  void whatNoPhaseTookIsTheRest() {
    inRequest(
        () -> {
          pass(1);
          try (var _ = Timings.phase(Phase.REPLICA)) {
            pass(10);
          }
          pass(2);
        });
    assertFalse(timings.applies(Phase.REST));
    timings.finish(Duration.ofMillis(13).toNanos());
    assertTrue(timings.applies(Phase.REST));
    assertEquals(3, Duration.ofNanos(timings.nanos(Phase.REST)).toMillis());
    assertEquals("db;dur=10, total;dur=0", phases());
  }

  @Test
  void showsAPhaseThatTookNoTime() {
    inRequest(() -> Timings.phase(Phase.AUTH).close());
    assertTrue(timings.applies(Phase.AUTH));
    assertEquals("auth;dur=0, total;dur=0", phases());
  }

  @Test
  void roundsToWholeMicroseconds() {
    assertEquals("total;dur=0", timings.serverTiming(499));
    assertEquals("total;dur=0.001", timings.serverTiming(500));
    assertEquals("total;dur=1", timings.serverTiming(999_500));
    assertEquals("total;dur=0.101", timings.serverTiming(101_000));
    assertEquals("total;dur=1.5", timings.serverTiming(1_500_000));
  }
}
