package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.Connect;
import ladder.harness.OwnDatabase;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that find every connection of the primary's pool held by others: two writes that wait
 * for the lock of a row, which the test keeps until the crowd behind them is answered.
 */
class BusyPoolIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int POOL = 2;
  private static final long NOBODY = 900_000_000;
  private static final int CROWD = 200;

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private OwnDatabase database;
  private TestApp app;
  private Connection lock;
  private String locked;
  private final List<Future<Answer>> holders = new ArrayList<>();

  @BeforeEach
  void holdEveryConnection() throws SQLException {
    database = new OwnDatabase();
    app =
        TestApp.start(
            database.settings(
                "LADDER_POOL_SIZE",
                Integer.toString(POOL),
                "LADDER_POOL_WAIT",
                "500ms",
                "LADDER_STATEMENT_TIMEOUT",
                "60s",
                "LADDER_READ_AFTER_WRITE",
                "60s",
                "LADDER_KEY_CACHE",
                "60s"));
    locked = app.newUser();
    // Its transaction would take a connection, too.
    Await.until("the audit log", PATIENCE, () -> count("audit_log").equals("1"));
    lock = Connect.postgres(database.url());
    lock.setAutoCommit(false);
    try (Statement statement = lock.createStatement()) {
      statement.execute("SELECT 1 FROM users FOR UPDATE");
    }
    for (int i = 0; i < POOL; i++) {
      holders.add(clients.submit(this::rename));
    }
    Await.until("writes that wait for the row", PATIENCE, () -> waitingForTheRow() == POOL);
  }

  @AfterEach
  void close() throws SQLException {
    lock.close();
    clients.close();
    app.close();
    database.close();
  }

  private Answer rename() {
    return app.api().patch(locked, "{\"name\":\"B\"}");
  }

  /** Whatever needs the primary, which alone says that there is no such user. */
  private Answer request(int number) {
    return switch (number % 4) {
      case 0 -> rename();
      case 1 -> app.api().post(locked + "/orders", OrdersIT.ORDER);
      case 2 -> app.api().get("/users/" + (NOBODY + number));
      default ->
          app.api().post("/signup", "{\"email\":\"%s\",\"name\":\"A\"}".formatted(TestApp.email()));
    };
  }

  private String query(String sql) {
    try {
      return Connect.query(database.url(), sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private String count(String table) {
    return query("SELECT count(*) FROM " + table);
  }

  private int waitingForTheRow() {
    return Integer.parseInt(
        query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
              AND query LIKE 'UPDATE users%'
            """));
  }

  private long inFlight() {
    return app.admin().get("/stats").json().at("/http/inflight").longValue();
  }

  /** Callers that wait for a connection, as HikariCP counts them. */
  private double pending() {
    String series = "hikaricp_connections_pending{pool=\"primary\"} ";
    return app.admin()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCrowdBehindSlowWritesIsRefusedAndLeavesNothingBehind() throws Exception {
    List<Future<Answer>> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      int number = i;
      crowd.add(clients.submit(() -> request(number)));
    }
    for (Future<Answer> refused : crowd) {
      JsonNode problem = assertProblem(503, refused.get());
      assertTrue(problem.get("detail").textValue().startsWith("the primary is busy"));
    }
    assertEquals(POOL, waitingForTheRow(), "nobody waited for the lock's end");
    assertTrue(holders.stream().noneMatch(Future::isDone));
    Await.until("none in flight but the writes", PATIENCE, () -> inFlight() == POOL);
    Await.until("none who waits for the pool", PATIENCE, () -> pending() == 0);

    lock.rollback();
    for (Future<Answer> holder : holders) {
      assertEquals(200, holder.get().status());
    }
    Await.until("none in flight", PATIENCE, () -> inFlight() == 0);
    Answer next = rename();
    assertEquals(200, next.status(), next::text);
    assertEquals(2 + POOL, next.json().get("version").longValue(), "no refused write was made");
    assertEquals("1", count("users"));
    assertEquals("0", count("orders"));
  }
}
