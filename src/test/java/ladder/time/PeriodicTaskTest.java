package ladder.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import ladder.harness.Await;
import ladder.harness.Logged;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LONG_NANOS = Duration.ofHours(1).toNanos();

  private static PeriodicTask task(PeriodicTask.Run run) {
    return new PeriodicTask("a-task", Thread.ofVirtual(), PATIENCE, run);
  }

  @Test
  void runsAgainAfterTheWaitThatTheRunAskedFor() {
    AtomicInteger runs = new AtomicInteger();
    try (var _ = task(() -> runs.incrementAndGet() < 5 ? 1 : LONG_NANOS).start()) {
      Await.until("five runs", PATIENCE, () -> runs.get() == 5);
    }
    assertEquals(5, runs.get());
  }

  @Test
  void isWokenAlsoDuringARun() throws InterruptedException {
    Semaphore entered = new Semaphore(0);
    Semaphore leave = new Semaphore(0);
    PeriodicTask.Run run =
        () -> {
          entered.release();
          leave.acquire();
          return LONG_NANOS;
        };
    try (PeriodicTask task = task(run).start()) {
      entered.acquire();
      task.wake();
      leave.release();
      entered.acquire();
    }
  }

  @Test
  void doesNotLogWhatARunThrowsBecauseItWasInterruptedByClosing() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    try (Logged log = new Logged(PeriodicTask.class)) {
      PeriodicTask task =
          task(
              () -> {
                entered.countDown();
                try {
                  new CountDownLatch(1).await();
                  return LONG_NANOS;
                } catch (InterruptedException e) {
                  throw new IllegalStateException("the connection broke", e);
                }
              });
      PeriodicTask _ = task.start();
      entered.await();
      task.close();
      assertEquals(List.of(), log.lines());
    }
  }

  @Test
  void survivesAnErrorAndLogsItOnce() {
    AtomicInteger runs = new AtomicInteger();
    AtomicReference<PeriodicTask> self = new AtomicReference<>();
    try (Logged log = new Logged(PeriodicTask.class);
        PeriodicTask task =
            task(
                () -> {
                  if (runs.incrementAndGet() < 5) {
                    self.get().wake();
                    throw new StackOverflowError("planted");
                  }
                  return LONG_NANOS;
                })) {
      self.set(task);
      task.start();
      Await.until("five runs", PATIENCE, () -> runs.get() == 5 && !task.failing());
      assertEquals(List.of("ERROR a-task: a run failed, the next is in 1000 ms"), log.lines());
    }
  }

  @Test
  void closingInterruptsTheRunUnderWay() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    PeriodicTask task =
        task(() -> {
              entered.countDown();
              new CountDownLatch(1).await();
              return 0;
            })
            .start();
    entered.await();
    task.close();
    assertTrue(task.join(Duration.ZERO));
  }

  @Test
  void finishingLetsTheRunUnderWayEnd() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    PeriodicTask task =
        task(() -> {
              entered.countDown();
              leave.await();
              return ended.incrementAndGet();
            })
            .start();
    entered.await();
    task.finish();
    assertFalse(task.join(Duration.ofMillis(1)));
    leave.countDown();
    assertTrue(task.join(PATIENCE));
    assertEquals(1, ended.get());
  }

  @Test
  void closesWithoutHavingStarted() {
    PeriodicTask task = task(() -> 0);
    task.close();
    assertTrue(task.join(Duration.ZERO));
  }
}
