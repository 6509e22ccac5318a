package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.db.Connections.Target;
import ladder.db.Subject.User;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which server two nodes let answer, and when a write is answered, whatever Redis has lost. */
class FreshnessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final User WRITTEN = new User(1);
  private static final User OTHER = new User(3);

  /** What {@link #change} changes. */
  private static final String COUNT = "SELECT count(*)::text FROM audit_log";

  private static final String REDIS_URL = TestServers.shared().redisUrl();

  private final RedisClient client = RedisClient.create(REDIS_URL);
  private final RedisCommands<String, String> redis = client.connect().sync();
  private final RedisFixture here = new RedisFixture(Duration.ofMillis(500));
  private final Redis there = RedisFixture.connect(PATIENCE);
  private final Database one = Databases.database(Databases.OPTIONS, here.redis, Clock.system());
  private final Database two = Databases.database(Databases.OPTIONS, there, Clock.system());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeEach
  void awaitReplica() {
    Databases.awaitReads(one);
    Databases.awaitReads(two);
  }

  @AfterEach
  void close() {
    replica("SELECT pg_wal_replay_resume()");
    threads.close();
    one.close();
    two.close();
    here.close();
    there.close();
    client.close();
  }

  private static String replica(String query) {
    try {
      return String.valueOf(Connect.query(TestServers.shared().replicaUrl(), query));
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  private static String primary(String statement) {
    String url = TestServers.shared().databaseUrl();
    try {
      if (statement.startsWith("SELECT")) {
        return Connect.query(url, statement);
      }
      Connect.execute(url, statement);
      return "";
    } catch (SQLException e) {
      throw new AssertionError(statement, e);
    }
  }

  private static void pauseReplay() {
    String _ = replica("SELECT pg_wal_replay_pause()");
    Await.until(
        "the replica stops",
        PATIENCE,
        () -> replica("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
  }

  private static boolean readsFromReplica(Database node, User user) {
    return node.find(user, tx -> Optional.of(onReplica(tx))).orElseThrow();
  }

  private static boolean onReplica(Transaction tx) throws SQLException {
    return tx.first("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)).orElseThrow();
  }

  /** Something for the replica to replay. */
  private static int change(Transaction tx) throws SQLException {
    return tx.update(
        "INSERT INTO audit_log (event_id, action, user_id, at, detail)"
            + " VALUES (gen_random_uuid(), 'test', 0, now(), '{}')");
  }

  private static void write(Database node, User user) {
    int _ =
        node.write(
            tx -> {
              int rows = change(tx);
              node.written(tx, user);
              return rows;
            });
  }

  @Test
  void aReplicaThatHasNotReplayedAWriteServesItsSubjectOnNoNode() {
    pauseReplay();
    write(one, WRITTEN);
    for (int i = 0; i < 20; i++) {
      assertFalse(readsFromReplica(one, WRITTEN));
      assertFalse(readsFromReplica(two, WRITTEN));
      assertTrue(readsFromReplica(two, OTHER), "others it serves on");
    }
    String _ = replica("SELECT pg_wal_replay_resume()");
    Await.until("a read of the replica", PATIENCE, () -> readsFromReplica(two, WRITTEN));
  }

  @Test
  void aFloorThatIsEvictedMeansThePrimaryUntilAllIsKnownToBeReplayed() {
    pauseReplay();
    write(one, WRITTEN);
    long _ = redis.del("floors");
    for (int i = 0; i < 200; i++) {
      assertFalse(readsFromReplica(two, WRITTEN));
    }
    Await.until("a new hash", PATIENCE, () -> redis.hexists("floors", "base"));
    assertFalse(readsFromReplica(two, WRITTEN));
    assertFalse(readsFromReplica(two, OTHER), "what was lost may have been about it");
    String _ = replica("SELECT pg_wal_replay_resume()");
    Await.until("a read of the replica", PATIENCE, () -> readsFromReplica(two, WRITTEN));
  }

  /** One that is not written yet can be seen by others, and lies behind what was written last. */
  @Test
  void aNewHashCoversCommitsThatAreNotOnTheDiskYet() {
    String name = primary("SELECT current_database()");
    String _ = primary("ALTER SYSTEM SET wal_writer_delay = '10s'");
    String _ = primary("ALTER DATABASE %s SET synchronous_commit = off".formatted(name));
    String _ = primary("SELECT pg_reload_conf()");
    try (Database node = Databases.database(Databases.OPTIONS, there, Clock.system())) {
      Databases.awaitReads(node);
      Await.until(
          "a commit that is not written",
          PATIENCE,
          () -> {
            write(node, WRITTEN);
            return primary("SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()")
                .equals("t");
          });
      String written = primary(COUNT);
      long _ = redis.del("floors");
      Await.until("a new hash", PATIENCE, () -> redis.hexists("floors", "base"));
      for (int i = 0; i < 200; i++) {
        assertEquals(
            written, node.find(WRITTEN, tx -> tx.texts(COUNT).stream().findFirst()).orElseThrow());
      }
    } finally {
      String _ = primary("ALTER DATABASE %s RESET synchronous_commit".formatted(name));
      String _ = primary("ALTER SYSTEM RESET wal_writer_delay");
      String _ = primary("SELECT pg_reload_conf()");
    }
  }

  @Test
  void theFloorsOfARedisThatWasRestartedWithOldDataAreNotUsed() {
    redis.hset("floors", "run", "another");
    assertFalse(readsFromReplica(two, OTHER));
    Await.until("a new hash", PATIENCE, () -> readsFromReplica(two, OTHER));
  }

  @Test
  void whileAWriteIsUnderWayItsSubjectIsReadFromThePrimaryAndAfterARollbackNotLonger() {
    assertThrows(
        IllegalStateException.class,
        () ->
            one.write(
                tx -> {
                  one.written(tx, WRITTEN);
                  Await.until("the mark", PATIENCE, () -> !readsFromReplica(two, WRITTEN));
                  throw new IllegalStateException("rolled back");
                }));
    Await.until("a read of the replica", PATIENCE, () -> readsFromReplica(two, WRITTEN));
  }

  @Test
  void aWriteThatCannotMarkIsAnsweredWhenTheOtherNodesKnowOfIt() throws Exception {
    pauseReplay();
    here.cut();
    Future<?> write = threads.submit(() -> write(one, WRITTEN));
    write.get();
    assertFalse(readsFromReplica(two, WRITTEN));
    assertEquals("0", missed(), "the other node has deleted what was stale");
    assertFalse(readsFromReplica(one, WRITTEN), "without Redis there is no floor");
    here.restore();
  }

  @Test
  void whatNobodyCouldMarkIsKnownToANodeBeforeItTrustsRedisAgain() throws Exception {
    Proxy proxy = Proxy.to(REDIS_URL);
    try (Redis third = RedisFixture.connect(proxy.url(REDIS_URL), PATIENCE);
        Database node = Databases.database(Databases.OPTIONS, third, Clock.system())) {
      Databases.awaitReads(node);
      two.close(); // or it would delete what the others cannot
      pauseReplay();
      here.cut();
      proxy.cut();
      write(one, WRITTEN);
      assertEquals("1", missed());
      proxy.restore();
      Await.until("Redis", PATIENCE, () -> RedisFixture.answers(third));
      for (int i = 0; i < 50; i++) {
        assertFalse(readsFromReplica(node, WRITTEN));
      }
    } finally {
      proxy.close();
    }
  }

  private static String missed() {
    return primary("SELECT count(*) FROM missed_invalidations");
  }

  @Test
  void aProgramWithoutRedisRecordsWhatItChanges() {
    pauseReplay();
    try (Database alone =
        Database.alone(
            Databases.pooled(TestServers.shared().databaseUrl(), Target.PRIMARY, Databases.OPTIONS),
            Clock.system())) {
      write(alone, WRITTEN);
      assertFalse(readsFromReplica(one, WRITTEN));
      assertFalse(readsFromReplica(two, WRITTEN));
    }
  }

  @Test
  void ofTwoReplicasTheOneThatIsBehindServesNothingThatItLacks() {
    Proxy proxy = Proxy.to(TestServers.shared().replicaUrl());
    String url = TestServers.shared().replicaUrl();
    try (Database both =
        new Database(
                Databases.pooled(
                    TestServers.shared().databaseUrl(), Target.PRIMARY, Databases.OPTIONS),
                List.of(
                    Databases.pooled(url, Target.REPLICA, Databases.OPTIONS),
                    Databases.pooled(proxy.url(url), Target.REPLICA, Databases.OPTIONS)),
                PATIENCE,
                there,
                Clock.system())
            .start()) {
      Databases.awaitReads(both);
      proxy.pause(); // the second's position is not sampled any more
      write(one, WRITTEN);
      Await.until("a read of the first", PATIENCE, () -> readsFromReplica(both, WRITTEN));
      long refused = both.stats().replicaFailures();
      for (int i = 0; i < 20; i++) {
        assertTrue(readsFromReplica(both, WRITTEN));
      }
      assertEquals(refused, both.stats().replicaFailures(), "the second was not asked");
    } finally {
      proxy.close();
    }
  }
}
