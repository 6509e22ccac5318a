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
import java.util.UUID;
import ladder.db.Connections.Target;
import ladder.db.Subject.User;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.FakeClock;
import ladder.harness.TestServers;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against servers that answer; {@link DatabaseOutageIT} takes them away. */
class DatabaseIT {
  private static final String TABLE =
      "database_it_" + UUID.randomUUID().toString().replace('-', '_');
  private static final String PRIMARY_URL = TestServers.shared().databaseUrl();
  private static final Connections.Options OPTIONS =
      new Connections.Options(Duration.ofSeconds(1), 2, Duration.ofMillis(500));

  private final Redis redis = RedisFixture.connect(Duration.ofSeconds(5));
  private final Database database = Databases.database(OPTIONS, redis, Clock.system());

  @BeforeAll
  static void createTable() throws SQLException {
    Connect.execute(PRIMARY_URL, "CREATE TABLE %s (n int UNIQUE)".formatted(TABLE));
    Await.until("the table on the replica", Duration.ofSeconds(20), DatabaseIT::isReplicated);
  }

  private static boolean isReplicated() {
    try {
      String count = "SELECT count(*) FROM pg_tables WHERE tablename = '%s'".formatted(TABLE);
      return Connect.query(TestServers.shared().replicaUrl(), count).equals("1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @AfterAll
  static void dropTable() throws SQLException {
    Connect.execute(PRIMARY_URL, "DROP TABLE " + TABLE);
  }

  @BeforeEach
  void awaitReplica() {
    Databases.awaitReads(database);
  }

  @AfterEach
  void close() {
    database.close();
    redis.close();
  }

  private static boolean onReplica(Transaction tx) throws SQLException {
    return tx.first("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)).orElseThrow();
  }

  private <T> T read(long user, Work<T> work) {
    return database.find(new User(user), tx -> Optional.of(work.run(tx))).orElseThrow();
  }

  private static int insert(Transaction tx, int n) throws SQLException {
    return tx.update("INSERT INTO %s VALUES (?)".formatted(TABLE), n);
  }

  private static long rows(int n) throws SQLException {
    return Long.parseLong(
        Connect.query(PRIMARY_URL, "SELECT count(*) FROM %s WHERE n = %d".formatted(TABLE, n)));
  }

  @Test
  void readsGoToTheReplicaAndWritesToThePrimary() {
    Database.Stats before = database.stats();
    assertTrue(read(1, DatabaseIT::onReplica));
    assertFalse(database.write(DatabaseIT::onReplica));
    assertFalse(database.readPrimary(DatabaseIT::onReplica));
    assertEquals(before.primaryQueries() + 2, database.stats().primaryQueries());
    assertEquals(before.replicaQueries() + 1, database.stats().replicaQueries());
  }

  @Test
  void onlyThePrimarySaysThatARowIsAbsent() {
    Database.Stats before = database.stats();
    assertEquals(Optional.empty(), database.find(new User(1), _ -> Optional.empty()));
    assertEquals(before.primaryQueries() + 1, database.stats().primaryQueries());
    assertEquals(before.replicaQueries() + 1, database.stats().replicaQueries());
  }

  @Test
  void aTransactionThatThrowsIsRolledBack() throws SQLException {
    IllegalStateException thrown = new IllegalStateException("no");
    List<String> seen = new ArrayList<>();
    IllegalStateException caught =
        assertThrows(
            IllegalStateException.class,
            () ->
                database.write(
                    tx -> {
                      int _ = insert(tx, 1);
                      tx.afterCommit(() -> seen.add("committed"));
                      throw thrown;
                    }));
    assertEquals(thrown, caught);
    assertEquals(0, rows(1));
    assertEquals(List.of(), seen);
  }

  @Test
  void aStatementThatFailsRollsBackAndIsAFaultOfOurs() throws SQLException {
    DatabaseException e =
        assertThrows(
            DatabaseException.class,
            () ->
                database.write(
                    tx -> {
                      int _ = insert(tx, 2);
                      return insert(tx, 2);
                    }));
    assertTrue(e.getMessage().contains("23505"), e.getMessage());
    assertEquals(0, rows(2));
    int inserted = database.write(tx -> insert(tx, 2));
    assertEquals(1, inserted, "the connection is as good as before");
  }

  @Test
  void whatFollowsACommitSeesItAndHoldsNoConnection() throws SQLException {
    List<Object> seen = new ArrayList<>();
    int _ =
        database.write(
            tx -> {
              tx.afterCommit(
                  () -> {
                    try {
                      seen.add(rows(3));
                      seen.add(database.write(inner -> insert(inner, 33)));
                      seen.add(database.write(inner -> insert(inner, 34)));
                    } catch (SQLException e) {
                      seen.add(e);
                    }
                  });
              assertEquals(List.of(), seen);
              return insert(tx, 3);
            });
    assertEquals(List.of(1L, 1, 1), seen);
  }

  @Test
  void whatFollowsACommitCannotTurnItIntoAnError() throws SQLException {
    List<String> seen = new ArrayList<>();
    int inserted =
        database.write(
            tx -> {
              tx.afterCommit(
                  () -> {
                    throw new IllegalStateException("the first fails");
                  });
              tx.afterCommit(() -> seen.add("the second runs"));
              return insert(tx, 4);
            });
    assertEquals(1, inserted);
    assertEquals(1, rows(4));
    assertEquals(List.of("the second runs"), seen);
  }

  @Test
  void whoFindsThePoolExhaustedIsRefusedAfterTheWait() {
    Object _ =
        database.write(
            one ->
                database.write(
                    two -> {
                      UnavailableException e =
                          assertThrows(
                              UnavailableException.class,
                              () -> database.write(three -> onReplica(three)));
                      assertEquals("the primary is busy", e.getMessage());
                      return onReplica(one) || onReplica(two);
                    }));
    assertFalse(database.write(DatabaseIT::onReplica), "and served once there is room");
  }

  @Test
  void everyWaitForAConnectionIsTimedAlsoInVain() {
    DatabaseUrl nowhere = DatabaseUrl.parse("postgres://u:p@127.0.0.1:1/none");
    try (Database empty =
        Database.alone(
            Connections.unpooled("primary", nowhere, Target.PRIMARY, OPTIONS), Clock.system())) {
      Timings timings = new Timings(new FakeClock());
      ScopedValue.where(Timings.CURRENT, timings)
          .run(() -> assertThrows(UnavailableException.class, () -> empty.write(tx -> 1)));
      assertTrue(timings.applies(Phase.PRIMARY_POOL));
    }
  }

  @Test
  void aStatementThatTakesTooLongIsEndedByTheServer() {
    UnavailableException e =
        assertThrows(
            UnavailableException.class,
            () -> database.write(tx -> tx.query("SELECT pg_sleep(60)", row -> "")));
    assertEquals("57014", ((SQLException) e.getCause()).getSQLState());
    assertFalse(database.write(DatabaseIT::onReplica));
  }

  @Test
  void theReplicaRefusesToWrite() {
    Work<Integer> write = tx -> onReplica(tx) ? insert(tx, 5) : -1;
    int answered = read(1, write);
    assertEquals(-1, answered, "so the primary is asked");
  }

  @Test
  void withoutAPoolEveryUseHasAConnectionOfItsOwn() {
    DatabaseUrl url = DatabaseUrl.parse(PRIMARY_URL);
    try (Database unpooled =
        Database.alone(
            Connections.unpooled("primary", url, Target.PRIMARY, OPTIONS), Clock.system())) {
      Work<Integer> backend =
          tx -> tx.first("SELECT pg_backend_pid()", row -> row.getInt(1)).orElseThrow();
      int first = unpooled.write(backend);
      assertTrue(first != unpooled.write(backend));
      assertTrue(unpooled.ready());
    }
  }

  @Test
  void theLagOfAReplicaThatKeepsUpIsSmall() {
    assertTrue(database.ready());
    assertTrue(database.stats().replicaLag().compareTo(Duration.ofSeconds(30)) < 0);
    assertEquals(0, database.stats().replicaFailures());
  }
}
