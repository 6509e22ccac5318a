package ladder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PartsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private enum Step {
    ROOF,
    WALLS,
    GROUND
  }

  private final List<Step> closed = new CopyOnWriteArrayList<>();
  private final Parts<Step> parts = new Parts<>(_ -> LONG);

  @Test
  void closesInTheOrderOfTheStepsWhateverTheOrderOfOpening() {
    open(Step.WALLS);
    open(Step.GROUND);
    open(Step.ROOF);
    parts.close();
    assertEquals(List.of(Step.ROOF, Step.WALLS, Step.GROUND), closed);
  }

  @Test
  void closesWhatWasOpenedWhenTheRestNeverWas() {
    open(Step.GROUND);
    parts.close();
    assertEquals(List.of(Step.GROUND), closed);
  }

  @Test
  void closesEachPartOnce() {
    open(Step.ROOF);
    parts.close();
    parts.close();
    assertEquals(List.of(Step.ROOF), closed);
  }

  @Test
  void closesTheRestWhenOnePartFails() {
    AutoCloseable _ =
        parts.opened(
            Step.ROOF,
            () -> {
              throw new Exception("injected");
            });
    AutoCloseable _ =
        parts.opened(
            Step.WALLS,
            () -> {
              throw new StackOverflowError("injected");
            });
    open(Step.GROUND);
    parts.close();
    assertEquals(List.of(Step.GROUND), closed);
  }

  @Test
  void leavesBehindWhatTakesLongerThanItsBound() {
    CountDownLatch never = new CountDownLatch(1);
    Parts<Step> bounded = new Parts<>(step -> step == Step.ROOF ? Duration.ofMillis(1) : LONG);
    AutoCloseable _ = bounded.opened(Step.ROOF, never::await);
    AutoCloseable _ = bounded.opened(Step.GROUND, () -> closed.add(Step.GROUND));
    bounded.close();
    assertEquals(List.of(Step.GROUND), closed);
    never.countDown();
  }

  @Test
  void closesAllWhenTheCallerIsInterruptedAndKeepsTheInterruption() {
    open(Step.ROOF);
    open(Step.GROUND);
    Thread.currentThread().interrupt();
    parts.close();
    assertTrue(Thread.interrupted());
    assertEquals(List.of(Step.ROOF, Step.GROUND), closed);
  }

  private void open(Step step) {
    AutoCloseable _ = parts.opened(step, () -> closed.add(step));
  }
}
