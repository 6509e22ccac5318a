package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.db.Subject.User;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Databases;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that answer, but have more to do than their pools have connections. */
class BusyServersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int READERS = 60;

  /** Two connections to each, so that one read at a time may use the primary instead. */
  private static final Connections.Options OPTIONS =
      new Connections.Options(Duration.ofMillis(250), 2, Duration.ofSeconds(20));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch release = new CountDownLatch(1);
  private final Redis redis = RedisFixture.connect(Duration.ofSeconds(5));
  private final Database database = Databases.database(OPTIONS, redis, Clock.system());

  @BeforeEach
  void warmUp() {
    Await.until("a read of the replica", PATIENCE, () -> read(BusyServersIT::onReplica));
    Await.until("a write", PATIENCE, () -> !database.write(BusyServersIT::onReplica));
  }

  @AfterEach
  void close() {
    release.countDown();
    threads.close();
    database.close();
    redis.close();
  }

  private static boolean onReplica(Transaction tx) throws SQLException {
    return tx.first("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)).orElseThrow();
  }

  private boolean read(Work<Boolean> work) {
    return database.find(new User(1), tx -> Optional.of(work.run(tx))).orElseThrow();
  }

  /** Takes both connections of a server until the test ends. */
  private void occupy(boolean replica) {
    occupy(replica, new User(2));
  }

  /** Takes both connections of a server until the test ends, to write about this on the primary. */
  private void occupy(boolean replica, User subject) {
    Semaphore taken = new Semaphore(0);
    Work<Boolean> work =
        tx -> {
          if (!replica) {
            database.written(tx, subject);
          }
          taken.release();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    for (int i = 0; i < 2; i++) {
      Object _ = threads.submit(() -> replica ? read(work) : database.write(work));
    }
    taken.acquireUninterruptibly(2);
  }

  @Test
  void aBusyReplicaIsNotAwayAndItsReadersLeaveThePrimaryToTheWriters() throws Exception {
    AtomicInteger onPrimary = new AtomicInteger();
    AtomicInteger onPrimaryMost = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    Work<Boolean> slow =
        tx -> {
          boolean replica = onReplica(tx);
          if (!replica) {
            int _ = onPrimaryMost.accumulateAndGet(onPrimary.incrementAndGet(), Math::max);
          }
          Object _ = tx.query("SELECT pg_sleep(0.2)", row -> "");
          if (!replica) {
            int _ = onPrimary.decrementAndGet();
          }
          return replica;
        };
    List<Future<Boolean>> reads = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      reads.add(
          threads.submit(
              () -> {
                try {
                  return read(slow);
                } catch (UnavailableException e) {
                  assertEquals("the replica is busy", e.getMessage());
                  int _ = refused.incrementAndGet();
                  return false;
                }
              }));
    }
    while (!reads.stream().allMatch(Future::isDone)) {
      assertFalse(database.write(BusyServersIT::onReplica), "a write finds room");
    }
    for (Future<Boolean> read : reads) {
      boolean _ = read.get();
    }
    assertEquals(1, onPrimaryMost.get(), "one read at a time uses the primary");
    assertTrue(refused.get() > 0, "the rest is refused");
    assertTrue(read(BusyServersIT::onReplica), "and the replica serves on");
  }

  @Test
  void aCancelledReadIsRepeatedOnThePrimaryAndTheReplicaServesOn() {
    Work<Boolean> cancelled =
        tx -> {
          if (onReplica(tx)) {
            throw new SQLException("canceling statement due to conflict with recovery", "40001");
          }
          return false;
        };
    assertFalse(read(cancelled));
    assertTrue(read(BusyServersIT::onReplica));
    assertEquals(1, database.stats().replicaFailures());
  }

  @Test
  void fullPoolsHideNeitherTheLagNorThatTheServersAnswer() {
    occupy(true);
    occupy(false);
    UnavailableException e =
        assertThrows(UnavailableException.class, () -> read(BusyServersIT::onReplica));
    assertEquals("the primary is busy", e.getMessage());
    assertTrue(database.ready(), "busy is ready");
    assertTrue(database.stats().replicaLag().compareTo(PATIENCE) < 0);
  }

  @Test
  void aReadThatMustBeFreshIsRefusedByABusyPrimaryRatherThanAnsweredLate() {
    occupy(false, new User(1));
    assertThrows(UnavailableException.class, () -> read(BusyServersIT::onReplica));
  }
}
