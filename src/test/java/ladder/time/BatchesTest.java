package ladder.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.failure.UnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchesTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ConcurrentLinkedQueue<List<Integer>> called = new ConcurrentLinkedQueue<>();
  private final Semaphore begun = new Semaphore(0);
  private final Semaphore held = new Semaphore(0);

  /** Each call waits for a permit, and answers with the negative of each number. */
  private Batches<Integer, Integer> holding(int callsMax, int sizeMax) {
    return new Batches<>("the test", callsMax, sizeMax, LONG, this::negate);
  }

  private List<Integer> negate(List<Integer> numbers) {
    called.add(numbers);
    begun.release();
    held.acquireUninterruptibly();
    return numbers.stream().map(n -> -n).toList();
  }

  /** Submits it, and returns when it has gathered behind the call that is held. */
  private static Future<Integer> gathering(
      ExecutorService executor, Batches<Integer, Integer> batches, int number, int gathered) {
    Future<Integer> result = executor.submit(() -> batches.submit(number));
    while (batches.gathered() < gathered) {
      Thread.onSpinWait();
    }
    return result;
  }

  @Test
  void whatGathersDuringACallGoesWithTheNextAndEachHasItsOwnResult() throws Exception {
    Batches<Integer, Integer> batches = holding(1, 10);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = executor.submit(() -> batches.submit(0));
      begun.acquire();
      List<Future<Integer>> others = new ArrayList<>();
      for (int i = 1; i <= 5; i++) {
        others.add(gathering(executor, batches, i, i));
      }
      held.release(2);
      assertEquals(0, first.get());
      for (int i = 1; i <= 5; i++) {
        assertEquals(-i, others.get(i - 1).get());
      }
    }
    assertEquals(List.of(List.of(0), List.of(1, 2, 3, 4, 5)), List.copyOf(called));
  }

  @Test
  void aCallTakesNoMoreThanItsSizeAndNoMoreCallsThanAllowedAreUnderWay() throws Exception {
    Batches<Integer, Integer> batches = holding(2, 3);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = executor.submit(() -> batches.submit(0));
      begun.acquire();
      Future<Integer> second = executor.submit(() -> batches.submit(0));
      begun.acquire();
      List<Future<Integer>> others = new ArrayList<>();
      for (int i = 1; i <= 7; i++) {
        others.add(gathering(executor, batches, i, i));
      }
      assertEquals(2, called.size());
      held.release(5);
      for (Future<Integer> other : others) {
        Integer _ = other.get();
      }
      assertEquals(0, first.get() + second.get());
    }
    assertTrue(called.stream().allMatch(batch -> batch.size() <= 3), called::toString);
    assertEquals(9, called.stream().mapToInt(List::size).sum());
  }

  @Test
  void oneAfterAnotherEachIsCalledForAlone() {
    Batches<Integer, Integer> batches = holding(1, 10);
    held.release(3);
    for (int i = 1; i <= 3; i++) {
      assertEquals(-i, batches.submit(i));
    }
    assertEquals(List.of(List.of(1), List.of(2), List.of(3)), List.copyOf(called));
  }

  /** Submits 1 to 3 together, behind a call for 0. */
  private List<Future<Integer>> together(Batches<Integer, Integer> batches, Runnable gathered) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      all.add(executor.submit(() -> batches.submit(0)));
      begun.acquireUninterruptibly();
      for (int i = 1; i <= 3; i++) {
        all.add(gathering(executor, batches, i, i));
      }
      gathered.run();
      return all;
    }
  }

  @Test
  void whatIsUnavailableIsUnavailableForAllAtOnce() {
    AtomicInteger calls = new AtomicInteger();
    Batches<Integer, Integer> batches =
        new Batches<>(
            "the test",
            1,
            10,
            LONG,
            numbers -> {
              if (calls.getAndIncrement() == 0) {
                return negate(numbers);
              }
              throw new UnavailableException("away");
            });
    for (Future<Integer> each : together(batches, held::release).subList(1, 4)) {
      assertInstanceOf(
          UnavailableException.class, assertThrows(ExecutionException.class, each::get).getCause());
    }
    assertEquals(2, calls.get());
  }

  @Test
  void whoMakesACallFailFailsAlone() throws Exception {
    Batches<Integer, Integer> batches =
        new Batches<>(
            "the test",
            1,
            10,
            LONG,
            numbers -> {
              if (numbers.contains(2)) {
                throw new IllegalStateException("two");
              }
              return numbers.contains(0) ? negate(numbers) : numbers;
            });
    List<Future<Integer>> all = together(batches, held::release);
    assertEquals(1, all.get(1).get());
    assertEquals(
        "two", assertThrows(ExecutionException.class, all.get(2)::get).getCause().getMessage());
    assertEquals(3, all.get(3).get());
  }

  @Test
  void anErrorLeavesNobodyWaitingAndTheNextCallIsMade() {
    Batches<Integer, Integer> batches =
        new Batches<>(
            "the test",
            1,
            10,
            LONG,
            numbers -> {
              if (numbers.contains(1)) {
                throw new StackOverflowError("test");
              }
              return numbers;
            });
    assertThrows(StackOverflowError.class, () -> batches.submit(1));
    assertEquals(2, batches.submit(2));
  }

  @Test
  void whoGivesUpBeforeItsCallIsLeftOut() throws Exception {
    Batches<Integer, Integer> batches = holding(1, 10);
    CountDownLatch refused = new CountDownLatch(1);
    CompletableFuture<Exception> refusal = new CompletableFuture<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = executor.submit(() -> batches.submit(0));
      begun.acquire();
      Thread impatient =
          Thread.startVirtualThread(
              () -> {
                refusal.complete(assertThrows(UnavailableException.class, () -> batches.submit(1)));
                refused.countDown();
              });
      while (batches.gathered() < 1) {
        Thread.onSpinWait();
      }
      impatient.interrupt();
      refused.await();
      held.release(2);
      assertEquals(0, first.get());
      assertEquals(-2, batches.submit(2));
    }
    assertEquals("the node is about to stop", refusal.get().getMessage());
    assertEquals(List.of(List.of(0), List.of(2)), List.copyOf(called));
  }

  @Test
  void nobodyWaitsForEver() {
    Batches<Integer, Integer> batches =
        new Batches<>("the test", 1, 10, Duration.ofMillis(1), this::negate);
    assertEquals(
        "the test takes too long",
        assertThrows(UnavailableException.class, () -> batches.submit(1)).getMessage());
    held.release();
  }
}
