package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** What a client is told while a server is away. */
class OutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Proxy redis;
  private Proxy primary;
  private Proxy replica;
  private TestApp app;

  @BeforeEach
  void start() {
    Map<String, String> servers = TestServers.settings();
    String redisUrl = servers.get("LADDER_REDIS_URL");
    String primaryUrl = servers.get("LADDER_DATABASE_URL");
    String replicaUrl = servers.get("LADDER_REPLICA_URL");
    redis = Proxy.to(redisUrl);
    primary = Proxy.to(primaryUrl);
    replica = Proxy.to(replicaUrl);
    app =
        TestApp.start(
            Map.of(
                "LADDER_DATABASE_URL", primary.url(primaryUrl),
                "LADDER_REPLICA_URL", replica.url(replicaUrl),
                "LADDER_REDIS_URL", redis.url(redisUrl),
                "LADDER_REDIS_TIMEOUT", "250ms",
                "LADDER_POOL_WAIT", "500ms"));
  }

  @AfterEach
  void stop() {
    app.close();
    primary.close();
    replica.close();
    redis.close();
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
    assertProblem(503, app.api().get("/users/777777777777"));
    assertProblem(503, app.anonymous().get("/health/ready"));
    assertProblem(503, unseen.get(path));
    for (String admin : new String[] {"/keys", "/journal/dead", "/health/ready"}) {
      assertProblem(503, app.admin().get(admin));
    }
    assertProblem(503, app.admin().post("/keys", "{\"name\":\"x\"}"));
    assertProblem(503, app.admin().send("POST", "/journal/dead/1/replay", null));

    // What needs no database goes on.
    Answer cached = app.api().get(path);
    assertEquals("ladder; fwd=stale; fwd-status=503", cached.header("Cache-Status"));
    assertEquals(user, cached.json());
    assertEquals(200, app.anonymous().get("/health/live").status());
    assertEquals(401, app.anonymous().get(path).status());
    assertEquals(200, app.admin().get("/metrics").status());
    assertEquals(200, app.admin().get("/stats").status());
    assertEquals(200, app.admin().get("/journal").status());

    primary.restore();
    replica.restore();
    Await.until("201", PATIENCE, () -> app.api().post("/signup", body).status() == 201);
    // The pool may connect again before the probe does.
    Await.until("readiness", PATIENCE, () -> app.anonymous().get("/health/ready").status() == 200);
    assertEquals(200, unseen.get(path).status());
  }

  @Test
  void goesOnWithoutRedisAndStillLimits() {
    String path = app.newUser();
    Client client = app.keyed(app.newKey("alone", 5));
    assertEquals("ladder; hit", client.get(path).header("Cache-Status"));
    redis.cut();
    for (int left = 3; left >= 0; left--) {
      Answer answer = client.get(path);
      assertEquals(200, answer.status());
      assertEquals("ladder; fwd=miss", answer.header("Cache-Status"));
      assertEquals("\"default\";q=5;w=60", answer.header("RateLimit-Policy"));
      assertTrue(answer.header("RateLimit").startsWith("\"default\";r=" + left + ";t="));
    }
    assertProblem(429, client.get(path));
    assertEquals(200, app.api().patch(path, "{\"name\":\"B\"}").status());
    assertEquals("B", app.api().get(path).json().get("name").textValue());
    app.newUser();
    assertEquals(200, app.anonymous().get("/health/ready").status());
    JsonNode stats = app.admin().get("/stats").json();
    assertTrue(stats.at("/limit/fallback").longValue() >= 5, stats::toString);
    assertTrue(stats.at("/cache/errors").longValue() >= 5, stats::toString);
    redis.restore();
    Await.until(
        "a hit",
        PATIENCE,
        () -> app.api().get(app.newUser()).header("Cache-Status").equals("ladder; hit"));
  }
}
