package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.db.Connections.Target;
import ladder.db.Subject.User;
import ladder.failure.StartupException;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.OwnDatabase;
import ladder.harness.PgBouncer;
import ladder.harness.Proxy;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import ladder.time.Clock;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must hold, and what must be refused, behind a PgBouncer in transaction mode. */
class PgBouncerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** So few that any two of our connections soon share one of PostgreSQL's. */
  private static final int SHARED = 3;

  private static final Connections.Options OPTIONS =
      new Connections.Options(Duration.ofSeconds(10), 12, Duration.ofSeconds(60));

  private final Redis redis = RedisFixture.connect(PATIENCE);
  private OwnDatabase own;
  private PgBouncer bouncer;

  @BeforeEach
  void start() throws SQLException {
    own = new OwnDatabase();
    Await.until("the database on the replica", PATIENCE, this::isReplicated);
    bouncer = bouncer(own.url(), Map.of("LADDER_STATEMENT_TIMEOUT", "1m"));
  }

  @AfterEach
  void stop() throws SQLException {
    if (bouncer != null) {
      bouncer.close();
    }
    own.close();
    redis.close();
  }

  private boolean isReplicated() {
    try {
      return Connect.query(own.replicaUrl(), "SELECT 1").equals("1");
    } catch (SQLException e) {
      return false;
    }
  }

  private PgBouncer bouncer(String primary, Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(variables);
    all.put("PGBOUNCER_POOL_SIZE", String.valueOf(SHARED));
    return PgBouncer.start(primary, own.replicaUrl(), all);
  }

  private Database database(String primaryUrl, String replicaUrl) {
    int _ = Migrations.migrate(DatabaseUrl.parse(own.url()));
    return Databases.database(
        Databases.pooled(primaryUrl, Target.PRIMARY, OPTIONS),
        Databases.pooled(replicaUrl, Target.REPLICA, OPTIONS),
        redis);
  }

  private static String withoutParameters(String url) {
    return url.replaceFirst("\\?.*", "");
  }

  private static boolean onReplica(Transaction tx) throws SQLException {
    return tx.first("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)).orElseThrow();
  }

  private static String setting(Transaction tx, String name) throws SQLException {
    return tx.texts("SELECT current_setting(?)", name).getFirst();
  }

  @Test
  void refusesAPrimaryWhosePreparedStatementsMayBeMixedUp() {
    String url = withoutParameters(bouncer.databaseUrl());
    UnavailableException e =
        assertThrows(UnavailableException.class, () -> Migrations.migrate(DatabaseUrl.parse(url)));
    assertTrue(String.valueOf(e.getMessage()).contains("add prepareThreshold=0"));
  }

  @Test
  void refusesAPrimaryWhoseStatementsHaveNoTimeLimit() {
    try (PgBouncer unlimited = bouncer(own.url(), Map.of("LADDER_STATEMENT_TIMEOUT", "0ms"))) {
      UnavailableException e =
          assertThrows(
              UnavailableException.class,
              () -> Migrations.migrate(DatabaseUrl.parse(unlimited.databaseUrl())));
      assertTrue(String.valueOf(e.getMessage()).contains("set statement_timeout"));
    }
  }

  @Test
  void saysWhatToSetWhereStartupOptionsAreRefused() throws Exception {
    try (PgBouncer strict = bouncer(own.url(), Map.of())) {
      strict.replace("extra_float_digits,options", "extra_float_digits");
      DatabaseUrl url = DatabaseUrl.parse(strict.databaseUrl());
      Await.until(
          "the file to be read again",
          PATIENCE,
          () -> {
            try {
              int _ = Migrations.migrate(url);
              return false;
            } catch (StartupException e) {
              return e.getMessage().contains("add options to");
            }
          });
    }
  }

  @Test
  void leavesAReplicaWhosePreparedStatementsMayBeMixedUp() {
    try (Database database =
        database(bouncer.databaseUrl(), withoutParameters(bouncer.replicaUrl()))) {
      Await.until("the probes", PATIENCE, () -> database.stats().replicaLag().isZero());
      for (int i = 0; i < 20; i++) {
        assertFalse(database.find(new User(1), tx -> Optional.of(onReplica(tx))).orElseThrow());
      }
    }
  }

  @Test
  void aMigrationThatTakesTooLongIsUndoneAndRunsPastIt() throws Exception {
    DatabaseUrl direct = DatabaseUrl.parse(own.url());
    int _ = Migrations.migrate(direct);
    Connect.execute(
        own.url(),
        "DELETE FROM flyway_schema_history WHERE version = '%s'".formatted(Migrations.LATEST));
    try (PgBouncer hasty = bouncer(own.url(), Map.of("LADDER_STATEMENT_TIMEOUT", "2s"));
        var holder = Connect.postgres(own.url())) {
      holder.setAutoCommit(false);
      try (var statement = holder.createStatement()) {
        boolean _ = statement.execute("LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
        FlywayException e =
            assertThrows(
                FlywayException.class,
                () -> Migrations.migrate(DatabaseUrl.parse(hasty.databaseUrl())));
        assertTrue(String.valueOf(e.getMessage()).contains("57014"), e.getMessage());
      }
      holder.rollback();
    }
    assertEquals(1, Migrations.migrate(direct));
  }

  @Test
  void nodesThatStartTogetherMigrateOnceAndLeaveNothingOnTheSharedConnections() throws Exception {
    DatabaseUrl url = DatabaseUrl.parse(bouncer.databaseUrl());
    List<Future<Integer>> nodes = new ArrayList<>();
    int applied = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        nodes.add(threads.submit(() -> Migrations.migrate(url)));
      }
      for (Future<Integer> node : nodes) {
        applied += node.get();
      }
    }
    assertEquals(Integer.parseInt(Migrations.LATEST), applied);
    try (Database database = database(bouncer.databaseUrl(), bouncer.replicaUrl())) {
      for (int i = 0; i < 20; i++) {
        assertEquals("1min", database.readPrimary(tx -> setting(tx, "statement_timeout")));
        assertEquals(
            "65s", database.readPrimary(tx -> setting(tx, "idle_in_transaction_session_timeout")));
      }
    }
  }

  @Test
  void everyQuestionGetsItsOwnAnswer() throws Exception {
    try (Database database = database(bouncer.databaseUrl(), bouncer.replicaUrl());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> askers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        int asker = i;
        askers.add(threads.submit(() -> wrongAnswers(database, asker)));
      }
      for (Future<List<String>> asker : askers) {
        assertEquals(List.of(), asker.get());
      }
    }
  }

  /** More often than the driver needs to prepare a text on the server. */
  private static List<String> wrongAnswers(Database database, int asker) {
    List<String> wrong = new ArrayList<>();
    for (int n = 0; n < 100; n++) {
      String sql = "SELECT 'asker %d, text %d, ' || ?::int".formatted(asker, n % 5);
      String expected = "asker %d, text %d, %d".formatted(asker, n % 5, n);
      int number = n;
      String written = database.write(tx -> tx.texts(sql, number).getFirst());
      String read =
          database.find(new User(asker), tx -> tx.texts(sql, number).stream().findFirst()).get();
      if (!written.equals(expected) || !read.equals(expected)) {
        wrong.add(expected + " was answered " + written + " and " + read);
      }
    }
    return wrong;
  }

  /** On each of the shared connections, since the limit is a setting of theirs. */
  @Test
  void aStatementThatTakesTooLongIsEndedByTheServer() throws Exception {
    try (PgBouncer hasty = bouncer(own.url(), Map.of("LADDER_STATEMENT_TIMEOUT", "2s"));
        Database database = database(hasty.databaseUrl(), hasty.replicaUrl());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<UnavailableException>> sleepers = new ArrayList<>();
      for (int i = 0; i < SHARED; i++) {
        sleepers.add(
            threads.submit(
                () ->
                    assertThrows(
                        UnavailableException.class,
                        () -> database.write(tx -> tx.texts("SELECT pg_sleep(60)::text")))));
      }
      for (Future<UnavailableException> sleeper : sleepers) {
        assertEquals("57014", ((SQLException) sleeper.get().getCause()).getSQLState());
      }
      assertFalse(database.write(PgBouncerIT::onReplica));
    }
  }

  @Test
  void theProbeIsAnsweredWhileOthersHoldAllConnections() {
    Semaphore release = new Semaphore(0);
    Semaphore taken = new Semaphore(0);
    AtomicInteger samples = new AtomicInteger();
    try (Postgres postgres =
            new Postgres(
                "primary",
                "nothing",
                Databases.pooled(bouncer.databaseUrl(), Target.PRIMARY, OPTIONS),
                tx -> tx.first(Postgres.POSITION, row -> row.getLong(1)).orElseThrow(),
                _ -> samples.incrementAndGet(),
                Clock.system());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < SHARED; i++) {
        Object _ =
            threads.submit(
                () ->
                    postgres.run(
                        true,
                        tx -> {
                          boolean replica = onReplica(tx);
                          taken.release();
                          release.acquireUninterruptibly();
                          return replica;
                        }));
      }
      taken.acquireUninterruptibly(SHARED);
      postgres.start();
      Await.until("two samples", PATIENCE, () -> samples.get() >= 2);
      assertTrue(postgres.answers());
      release.release(SHARED);
    }
  }

  @Test
  void aPrimaryThatComesBackBehindItIsUsedAgain() {
    try (Proxy proxy = Proxy.to(own.url());
        PgBouncer before = bouncer(proxy.url(own.url()), Map.of("PGBOUNCER_WAIT_SECONDS", "3"));
        Database database = database(before.databaseUrl(), before.replicaUrl())) {
      assertFalse(database.write(PgBouncerIT::onReplica));
      proxy.cut();
      assertThrows(UnavailableException.class, () -> database.write(PgBouncerIT::onReplica));
      Databases.awaitReads(database);
      assertTrue(database.find(new User(1), tx -> Optional.of(onReplica(tx))).orElseThrow());
      proxy.restore();
      Await.until(
          "a write",
          PATIENCE,
          () -> {
            try {
              return !database.write(PgBouncerIT::onReplica);
            } catch (UnavailableException e) {
              return false;
            }
          });
    }
  }
}
