package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import ladder.harness.Await;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.Proxy;
import ladder.harness.TestApp;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client is told while the database is away. */
class OutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Proxy primary;
  private Proxy replica;
  private TestApp app;

  @BeforeEach
  void start() {
    TestServers.Backend servers = TestServers.shared();
    primary = Proxy.to(servers.databaseUrl());
    replica = Proxy.to(servers.replicaUrl());
    app =
        TestApp.start(
            Map.of(
                "LADDER_DATABASE_URL", primary.url(servers.databaseUrl()),
                "LADDER_REPLICA_URL", replica.url(servers.replicaUrl()),
                "LADDER_POOL_WAIT", "500ms"));
  }

  @AfterEach
  void stop() {
    app.close();
    primary.close();
    replica.close();
  }

  @Test
  void says503AndWhenToComeBackWhileTheDatabaseIsAway() {
    JsonNode user = app.signUp("Ada");
    String path = "/users/" + user.get("id").longValue();
    String order = app.api().post(path + "/orders", OrdersIT.ORDER).header("Location");
    Client unseen = app.keyed(app.newKey("unseen", null));
    primary.cut();
    replica.cut();

    String body = "{\"email\":\"" + TestApp.email() + "\",\"name\":\"Ada\"}";
    assertProblem(503, app.api().post("/signup", body));
    assertProblem(503, app.api().with("Idempotency-Key", "away").post("/signup", body));
    assertProblem(503, app.api().patch(path, "{\"name\":\"B\"}"));
    assertProblem(503, app.api().delete(path));
    assertProblem(503, app.api().post(path + "/orders", OrdersIT.ORDER));
    assertProblem(503, app.api().get(path + "/orders"));
    assertProblem(503, app.api().get(order));
    assertProblem(503, app.api().get("/users/999999999999"));
    assertProblem(503, app.anonymous().get("/health/ready"));
    assertProblem(503, unseen.get(path));
    for (String admin : new String[] {"/keys", "/journal/dead", "/health/ready"}) {
      assertProblem(503, app.admin().get(admin));
    }
    assertProblem(503, app.admin().post("/keys", "{\"name\":\"x\"}"));
    assertProblem(503, app.admin().send("POST", "/journal/dead/1/replay", null));

    // What needs no database goes on.
    Answer cached = app.api().get(path);
    assertEquals("ladder; hit", cached.header("Cache-Status"));
    assertEquals(user, cached.json());
    assertEquals(200, app.anonymous().get("/health/live").status());
    assertEquals(401, app.anonymous().get(path).status());
    assertEquals(200, app.admin().get("/metrics").status());
    assertEquals(200, app.admin().get("/stats").status());
    assertEquals(200, app.admin().get("/journal").status());

    primary.restore();
    replica.restore();
    Await.until("201", PATIENCE, () -> app.api().post("/signup", body).status() == 201);
    assertEquals(200, app.anonymous().get("/health/ready").status());
    assertEquals(200, unseen.get(path).status());
  }
}
