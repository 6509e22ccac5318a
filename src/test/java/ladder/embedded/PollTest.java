package ladder.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class PollTest {
  private final FakeClock clock = new FakeClock();
  private final Poll poll = new Poll(clock);
  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void endsWhenTheConditionHolds() {
    assertTrue(poll.until(Duration.ofHours(1), () -> looks.incrementAndGet() == 3));
    assertEquals(3, looks.get());
  }

  @Test
  void endsByTheTimeThatPassesHoweverLongALookTakes() {
    assertFalse(
        poll.until(
            Duration.ofSeconds(10),
            () -> {
              clock.advance(Duration.ofSeconds(4));
              return looks.incrementAndGet() > 3;
            }));
    assertEquals(3, looks.get());
  }

  @Test
  void looksOnceWhenThereIsNoTime() {
    assertTrue(poll.until(Duration.ZERO, () -> true));
    assertFalse(poll.until(Duration.ZERO, () -> false));
  }

  @Test
  void anInterruptEndsTheWait() {
    Thread.currentThread().interrupt();
    assertFalse(poll.until(Duration.ofHours(1), () -> false));
    assertTrue(Thread.interrupted());
  }
}
