package ladder.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import ladder.harness.FakeClock;
import ladder.harness.Logged;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageTest {
  private static final String BEGIN = "WARN Redis does not answer, reads load: refused";
  private static final String END = "INFO Redis answers again";

  private final FakeClock clock = new FakeClock();
  private final Logged log = new Logged(Outage.class);
  private final Backoff backoff =
      new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60), new Random(1));

  @AfterEach
  void close() {
    log.close();
  }

  private Outage outage(int failuresMin) {
    return new Outage("Redis", "reads load", failuresMin, backoff, clock);
  }

  @Test
  void beginsWithSoManyFailuresInARow() {
    Outage outage = outage(3);
    outage.failed("refused");
    outage.failed("refused");
    outage.succeeded();
    outage.failed("refused");
    outage.failed("refused");
    assertFalse(outage.active());
    assertEquals(List.of(), log.lines());
    outage.failed("refused");
    assertTrue(outage.active());
    assertEquals(List.of(BEGIN), log.lines());
  }

  @Test
  void isLoggedOnceAtEachEnd() {
    Outage outage = outage(1);
    for (int i = 0; i < 10; i++) {
      outage.failed("refused");
    }
    clock.advance(Outage.QUIET);
    outage.succeeded();
    outage.succeeded();
    assertFalse(outage.active());
    assertEquals(List.of(BEGIN, END), log.lines());
  }

  @Test
  void aDependencyThatFailsEveryOtherTimeLogsOneOutage() {
    Outage outage = outage(1);
    for (int i = 0; i < 1_000; i++) {
      outage.failed("refused");
      outage.succeeded();
      clock.advance(Duration.ofMillis(100));
    }
    assertEquals(List.of(BEGIN), log.lines());
    clock.advance(Outage.QUIET);
    outage.succeeded();
    assertEquals(List.of(BEGIN, END), log.lines());
  }

  @Test
  void holdsBackForAGrowingWhile() {
    Outage outage = outage(2);
    outage.failed("refused");
    assertEquals(0, outage.holdNanos());
    long shorter = 0;
    for (int i = 0; i < 4; i++) {
      outage.failed("refused");
      assertTrue(outage.holdNanos() >= shorter, "each wait is at least the last one's longest");
      shorter = outage.holdNanos();
      clock.advance(Duration.ofNanos(outage.holdNanos()));
      assertEquals(0, outage.holdNanos());
    }
    outage.succeeded();
    assertEquals(0, outage.holdNanos());
  }

  @Test
  void letsOneCallerTryAfterEachBackoff() {
    Outage outage = outage(1);
    assertTrue(outage.mayTry());
    assertTrue(outage.mayTry(), "without an outage everybody may");
    outage.failed("refused");
    assertFalse(outage.mayTry());
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofNanos(outage.holdNanos()));
      assertTrue(outage.mayTry());
      assertFalse(outage.mayTry());
    }
  }
}
