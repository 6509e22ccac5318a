package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.admin.MissingIndexes.Missing;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for the servers' answer, and who does not. {@link VerdictIT} asks real servers. */
class MissingIndexesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration OLD = Duration.ofSeconds(15);
  private static final List<Missing> ONE = List.of(new Missing("orders", "CREATE INDEX", 1));
  private static final List<Missing> MORE = List.of(new Missing("orders", "CREATE INDEX", 2));

  private final FakeClock clock = new FakeClock();
  private final AtomicInteger asked = new AtomicInteger();
  private final Semaphore answers = new Semaphore(0);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private volatile List<Missing> answer = ONE;
  private volatile boolean broken;
  private final MissingIndexes indexes = new MissingIndexes(this::askServers, clock);

  /** Answers when the test lets it. */
  private List<Missing> askServers() throws IOException {
    int _ = asked.incrementAndGet();
    answers.acquireUninterruptibly();
    if (broken) {
      throw new IOException("no server answers");
    }
    return answer;
  }

  @AfterEach
  void end() {
    answers.release(1_000);
    callers.close();
  }

  private Future<List<Missing>> ask(Duration wait) {
    int before = asked.get();
    Future<List<Missing>> caller = callers.submit(() -> indexes.list(wait));
    Await.until("the servers are asked", PATIENCE, () -> asked.get() > before);
    return caller;
  }

  private void know(List<Missing> list) {
    answer = list;
    answers.release();
    assertEquals(list, indexes.list(PATIENCE));
    clock.advance(OLD);
  }

  @Test
  void whoComesWhileAnotherWaitsGetsTheLastListAtOnce() throws Exception {
    know(ONE);
    answer = MORE;
    Future<List<Missing>> first = ask(PATIENCE);
    assertEquals(ONE, indexes.list(PATIENCE));
    assertEquals(ONE, indexes.list(Duration.ZERO));
    assertFalse(first.isDone(), "it still waits for the servers");
    answers.release();
    assertEquals(MORE, first.get());
    assertEquals(MORE, indexes.list(Duration.ZERO));
    assertEquals(2, asked.get());
  }

  @Test
  void theFirstListIsWaitedForByAllButThePage() throws Exception {
    Future<List<Missing>> first = ask(PATIENCE);
    CountDownLatch came = new CountDownLatch(1);
    Future<List<Missing>> second =
        callers.submit(
            () -> {
              came.countDown();
              return indexes.list(PATIENCE);
            });
    came.await();
    assertEquals(List.of(), indexes.list(Duration.ZERO));
    answers.release();
    assertEquals(ONE, first.get());
    assertEquals(ONE, second.get());
    assertEquals(1, asked.get());
  }

  @Test
  void anAnswerThatNobodyWaitedForIsKept() {
    assertEquals(List.of(), indexes.list(Duration.ZERO));
    answers.release();
    Await.until("the list", PATIENCE, () -> indexes.list(Duration.ZERO).equals(ONE));
    assertEquals(1, asked.get());
  }

  @Test
  void serversThatDoNotAnswerLeaveTheLastListAndAreNotAskedAgainAtOnce() throws Exception {
    broken = true;
    answers.release();
    assertEquals(List.of(), indexes.list(PATIENCE));
    assertEquals(List.of(), indexes.list(PATIENCE));
    assertEquals(1, asked.get());
    broken = false;
    clock.advance(OLD);
    know(ONE);
    broken = true;
    answers.release();
    assertEquals(ONE, indexes.list(PATIENCE));
    assertEquals(3, asked.get());
  }

  @Test
  void aCrowdAsksTheServersOnce() throws Exception {
    List<Future<List<Missing>>> crowd = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < 50; i++) {
      crowd.add(
          callers.submit(
              () -> {
                start.await();
                return indexes.list(PATIENCE);
              }));
    }
    start.countDown();
    answers.release();
    for (Future<List<Missing>> caller : crowd) {
      assertEquals(ONE, caller.get());
    }
    assertEquals(1, asked.get());
  }
}
