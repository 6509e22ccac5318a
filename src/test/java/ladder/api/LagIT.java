package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.sql;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import ladder.harness.Await;
import ladder.harness.Client;
import ladder.harness.Connect;
import ladder.harness.TestApp;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node has written it shows at once, though the replica has stopped to take anything in. */
class LagIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @BeforeEach
  @AfterEach
  void resume() {
    replica("SELECT pg_wal_replay_resume()");
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "pool,replica,background,limit"})
  void showsEveryChangeAtOnce(String rungs) {
    try (TestApp app = start(rungs)) {
      pause();
      String user = app.newUser();
      assertEquals("Ada", app.api().get(user).json().get("name").textValue());
      assertEquals(200, app.api().patch(user, "{\"name\":\"B\"}").status());
      assertEquals("B", app.api().get(user).json().get("name").textValue());
      String order = app.api().post(user + "/orders", OrdersIT.ORDER).header("Location");
      assertEquals(200, app.api().get(order).status());
      assertEquals(1, app.api().get(user + "/orders").json().get("orders").size());
      assertEquals(204, app.api().delete(user).status());
      assertProblem(404, app.api().get(user));
      assertProblem(404, app.api().get(user + "/orders"));
      assertProblem(404, app.api().get(order));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "pool,replica,background,limit"})
  void whatTheReplicaKnowsOfOldIsDeletedAtOnceToo(String rungs) {
    try (TestApp app = start(rungs)) {
      // Behind the service's back: it does not know them as written lately.
      String user =
          sql(
              "INSERT INTO users (email, name) VALUES ('%s', 'Old') RETURNING id"
                  .formatted(TestApp.email()));
      String order =
          sql(
              "INSERT INTO orders (user_id, item, quantity, unit_price_cents)"
                  + " VALUES (%s, 'Pen', 1, 1) RETURNING id".formatted(user));
      String arrived = "SELECT count(*) FROM orders WHERE id = " + order;
      Await.until("the order on the replica", PATIENCE, () -> replica(arrived).equals("1"));
      pause();
      assertEquals(200, app.api().get("/users/" + user).status());
      assertEquals(200, app.api().get("/orders/" + order).status());
      assertEquals(204, app.api().delete("/users/" + user).status());
      assertProblem(404, app.api().get("/users/" + user));
      assertProblem(404, app.api().get("/users/" + user + "/orders"));
      assertProblem(404, app.api().get("/orders/" + order));
      assertEquals("1", replica(arrived));
    }
  }

  @Test
  void aKeyWorksAndStopsWorkingAtOnce() {
    try (TestApp app = start("all")) {
      String user = app.newUser();
      pause();
      JsonNode key = app.createKey("new", null);
      Client client = app.keyed(key.get("key").textValue());
      assertEquals(200, client.get(user).status());
      assertEquals(204, app.admin().delete("/keys/" + key.get("id").longValue()).status());
      assertProblem(401, client.get(user));
    }
  }

  private static TestApp start(String rungs) {
    // Longer than the test takes, so that the replica is never known to be late.
    return TestApp.start(Map.of("LADDER_RUNGS", rungs, "LADDER_KEY_CACHE", "60s"));
  }

  private static void pause() {
    replica("SELECT pg_wal_replay_pause()");
    Await.until(
        "the replica stops",
        PATIENCE,
        () -> replica("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
  }

  private static String replica(String query) {
    try {
      return String.valueOf(Connect.query(TestServers.shared().replicaUrl(), query));
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }
}
