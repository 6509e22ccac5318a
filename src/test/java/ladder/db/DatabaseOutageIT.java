package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.db.Connections.Target;
import ladder.db.Subject.User;
import ladder.failure.StartupException;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Databases;
import ladder.harness.FakeClock;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Behind proxies that take the primary away, the replica, or both. */
class DatabaseOutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Connections.Options OPTIONS =
      new Connections.Options(Duration.ofMillis(500), 2, Duration.ofSeconds(1));

  private final Redis redis = RedisFixture.connect(Duration.ofSeconds(5));
  private final Proxy primary = Proxy.to(TestServers.shared().databaseUrl());
  private final Proxy replica = Proxy.to(TestServers.shared().replicaUrl());
  private final Database database =
      Databases.database(
          Databases.pooled(
              primary.url(TestServers.shared().databaseUrl()), Target.PRIMARY, OPTIONS),
          Databases.pooled(replica.url(TestServers.shared().replicaUrl()), Target.REPLICA, OPTIONS),
          redis);

  @BeforeEach
  void awaitReplica() {
    Databases.awaitReads(database);
  }

  @AfterEach
  void close() {
    database.close();
    redis.close();
    primary.close();
    replica.close();
  }

  private static boolean onReplica(Transaction tx) throws SQLException {
    return tx.first("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)).orElseThrow();
  }

  private boolean readsFromReplica() {
    return database.find(new User(1), tx -> Optional.of(onReplica(tx))).orElseThrow();
  }

  private boolean writes() {
    try {
      return !database.write(DatabaseOutageIT::onReplica);
    } catch (UnavailableException e) {
      return false;
    }
  }

  @Test
  void withoutTheReplicaReadsGoToThePrimaryAndComeBackByThemselves() {
    assertTrue(readsFromReplica());
    replica.cut();
    for (int i = 0; i < 20; i++) {
      assertFalse(readsFromReplica());
    }
    assertTrue(database.stats().replicaFailures() <= 1, "one read has waited, at most");
    assertTrue(database.ready());
    replica.restore();
    Await.until("a read from the replica", PATIENCE, this::readsFromReplica);
  }

  @Test
  void aReplicaThatHangsIsGivenUpForThePrimary() {
    assertTrue(readsFromReplica());
    replica.pause();
    Await.until("the replica is known to hang", PATIENCE, () -> !readsFromReplica());
    long asked = database.stats().replicaQueries();
    for (int i = 0; i < 20; i++) {
      assertFalse(readsFromReplica());
    }
    assertEquals(asked, database.stats().replicaQueries(), "nobody waits for it");
    assertTrue(database.ready());
    replica.restore();
    Await.until("a read from the replica", PATIENCE, this::readsFromReplica);
  }

  @Test
  void withoutThePrimaryReadsGoOnAndWritesAreRefused() {
    assertTrue(writes());
    int _ =
        database.write(
            tx -> {
              database.written(tx, new User(1));
              return 0;
            });
    Await.until("the write is replicated", PATIENCE, this::readsFromReplica);
    primary.cut();
    assertThrows(UnavailableException.class, () -> database.write(tx -> onReplica(tx)));
    assertTrue(readsFromReplica(), "it has all that was written");
    assertEquals(Optional.of(1), database.find(new User(2), _ -> Optional.of(1)));
    assertThrows(
        UnavailableException.class, () -> database.find(new User(2), _ -> Optional.empty()));
    assertTrue(database.ready());
    primary.restore();
    Await.until("a write", PATIENCE, this::writes);
  }

  @Test
  void withoutBothEverythingIsRefusedUntilTheyAreBack() {
    assertTrue(writes());
    primary.cut();
    replica.cut();
    assertThrows(UnavailableException.class, this::readsFromReplica);
    assertFalse(writes());
    Await.until("both are known to be away", PATIENCE, () -> !database.ready());
    primary.restore();
    replica.restore();
    Await.until("either is known to answer", PATIENCE, database::ready);
    Await.until("a write", PATIENCE, this::writes);
    Await.until("a read from the replica", PATIENCE, this::readsFromReplica);
  }

  @Test
  void aDatabaseThatIsAwayAtFirstIsFoundWhenItComes() {
    primary.cut();
    replica.cut();
    try (Database late =
        Database.alone(
                Databases.pooled(
                    primary.url(TestServers.shared().databaseUrl()), Target.PRIMARY, OPTIONS),
                Clock.system())
            .start()) {
      Await.until("it is known to be away", PATIENCE, () -> !late.ready());
      primary.restore();
      Await.until("the database", PATIENCE, late::ready);
    }
  }

  @Test
  void aMigrationSaysWhereTheDatabaseIsNotReached() {
    primary.cut();
    DatabaseUrl url = DatabaseUrl.parse(primary.url(TestServers.shared().databaseUrl()));
    String message =
        assertThrows(StartupException.class, () -> Migrations.migrate(url)).getMessage();
    assertTrue(message.startsWith("the database at " + url + " can't be reached ("), message);
    assertTrue(message.contains("LADDER_DATABASE_URL"), message);
    assertFalse(message.contains(url.login().get("password")), message);
  }

  /** The server's own limit is off, as behind a network that drops what is one connection's. */
  @Test
  void workThatGetsNoAnswerIsBrokenOffThoughTheServerAnswersOthers() throws Exception {
    String url = TestServers.shared().databaseUrl();
    FakeClock clock = new FakeClock();
    CountDownLatch asking = new CountDownLatch(1);
    try (Database alone =
            Database.alone(Databases.pooled(url, Target.PRIMARY, OPTIONS), clock).start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<String>> work =
          threads.submit(
              () ->
                  alone.write(
                      tx -> {
                        int _ = tx.update("SET LOCAL statement_timeout = 0");
                        asking.countDown();
                        return tx.texts("SELECT pg_sleep(60)::text");
                      }));
      asking.await();
      clock.advance(Duration.ofMinutes(1));
      ExecutionException broken = assertThrows(ExecutionException.class, work::get);
      assertInstanceOf(UnavailableException.class, broken.getCause());
      Await.until("the server is in use", PATIENCE, () -> !writesOnReplica(alone));
    }
  }

  private static boolean writesOnReplica(Database database) {
    try {
      return database.write(DatabaseOutageIT::onReplica);
    } catch (UnavailableException e) {
      return true;
    }
  }
}
