package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.Connect;
import ladder.harness.FakeSlack;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.OwnDatabase;
import ladder.harness.Proxy;
import ladder.harness.TestApp;
import ladder.harness.TestServers;
import ladder.limit.Quota;
import org.junit.jupiter.api.Test;

/** Each bound, caused on purpose on real parts. */
class VerdictIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Enough that somebody always waits, few enough that they are not what loads the machine. */
  private static final int CLIENTS = 8;

  /** The least that a node starts with, and a collector that shows what it costs. */
  private static final String SMALL_HEAP = "-Xmx18m -XX:+UseSerialGC";

  /** Refused for want of an email, after it was read and parsed: garbage, and no database. */
  private static final String LARGE_BODY = "{\"name\":\"%s\"}".formatted("a".repeat(60_000));

  @Test
  void aNodeThatNobodyAsksIsIdleAndFine() {
    try (TestApp app = TestApp.start()) {
      Answer answer = app.admin().get("/verdict");
      assertEquals(200, answer.status());
      assertEquals(
          Set.of("bound", "on", "confidence", "evidence", "rung", "advice", "since", "indexes"),
          answer.members());
      JsonNode verdict = answer.json();
      assertEquals("idle", verdict.get("bound").textValue());
      assertTrue(verdict.get("on").isNull());
      assertEquals("none", verdict.get("rung").textValue());
      assertTrue(verdict.get("indexes").isArray());
      Instant _ = Instant.parse(verdict.get("since").textValue());
      double confidence = verdict.get("confidence").doubleValue();
      assertTrue(confidence >= 0 && confidence <= 1, verdict::toString);
      for (JsonNode evidence : verdict.get("evidence")) {
        assertTrue(evidence.get("value").isNumber(), evidence::toString);
        for (String text : new String[] {"name", "unit", "meaning"}) {
          assertTrue(!evidence.get(text).textValue().isBlank(), evidence::toString);
        }
      }
    }
  }

  @Test
  void answersByTheRulesOfTheAdminListener() {
    try (TestApp app = TestApp.start(Map.of("LADDER_ADMIN_TOKEN", "secret"))) {
      assertEquals(200, app.admin().get("/verdict").status());
      assertEquals(401, app.admin().without("Authorization").get("/verdict").status());
    }
  }

  @Test
  void statementsThatSleepBindToThePrimary() throws Exception {
    try (OwnDatabase database = new OwnDatabase();
        TestApp app = TestApp.start(database.settings())) {
      slowSignUps(database, "0.3");
      try (Load _ = signUps(app)) {
        JsonNode verdict = await(app, "io", "primary");
        assertEquals("database", verdict.get("rung").textValue(), verdict::toPrettyString);
        assertStrongestIs(verdict, "primary.");
      }
      await(app, "idle", null);
    }
  }

  @Test
  void aPoolOfOneBindsToThePool() throws Exception {
    try (OwnDatabase database = new OwnDatabase();
        TestApp app = TestApp.start(database.settings("LADDER_POOL_SIZE", "1"))) {
      slowSignUps(database, "0.02");
      try (Load _ = signUps(app)) {
        JsonNode verdict = await(app, "io", "primary-pool");
        assertEquals("database", verdict.get("rung").textValue(), verdict::toPrettyString);
        assertTrue(verdict.get("advice").textValue().contains("LADDER_POOL_SIZE"));
        assertStrongestIs(verdict, "primary-pool.");
      }
    }
  }

  private static void slowSignUps(OwnDatabase database, String seconds) throws SQLException {
    Connect.execute(
        database.url(),
        """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(%s); RETURN NEW; END';
        CREATE TRIGGER slow BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION slow();
        """
            .formatted(seconds));
  }

  private static Load signUps(TestApp app) {
    return new Load(
        app.port(),
        app.newKey("load", Quota.REQUESTS_MAX),
        CLIENTS,
        (client, _) -> client.signUp(TestApp.email()));
  }

  private static Load reads(TestApp app, String path) {
    return new Load(
        app.port(),
        app.newKey("load", Quota.REQUESTS_MAX),
        CLIENTS,
        (client, _) -> client.get(path));
  }

  @Test
  void aDistantRedisBindsToRedis() throws Exception {
    String url = TestServers.shared().redisUrl();
    try (OwnDatabase database = new OwnDatabase();
        Proxy proxy = Proxy.to(url);
        TestApp app = TestApp.start(database.settings("LADDER_REDIS_URL", proxy.url(url)))) {
      String user = app.newUser();
      proxy.delay(Duration.ofMillis(30));
      try (Load _ = reads(app, user)) {
        JsonNode verdict = await(app, "io", "redis");
        assertStrongestIs(verdict, "redis.");
      }
    }
  }

  @Test
  void receiversThatARequestWaitsForBindToTheDownstream() throws Exception {
    try (OwnDatabase database = new OwnDatabase();
        FakeSlack slack = new FakeSlack();
        Proxy proxy = Proxy.to(slack.url());
        TestApp app =
            TestApp.start(
                database.settings(
                    "LADDER_RUNGS",
                    "cache,pool,replica,limit",
                    "LADDER_SLACK_WEBHOOK_URL",
                    proxy.url(slack.url())))) {
      proxy.delay(Duration.ofMillis(300));
      try (Load _ = signUps(app)) {
        JsonNode verdict = await(app, "io", "downstream");
        assertEquals("background", verdict.get("rung").textValue());
        assertStrongestIs(verdict, "downstream.");
      }
    }
  }

  @Test
  void busyProcessorsBindToThem() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> busy = new ArrayList<>();
    try (OwnDatabase database = new OwnDatabase();
        TestApp app = TestApp.start(database.settings())) {
      String user = app.newUser();
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        busy.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      while (!over.get()) {
                        Thread.onSpinWait();
                      }
                    }));
      }
      try (Load _ = reads(app, user)) {
        JsonNode verdict = await(app, "cpu", null);
        // Another program that is even busier is told apart, and no rung helps against it.
        boolean ours = figure(verdict, "cpu.own") >= figure(verdict, "cpu.others");
        assertEquals(ours ? "servers" : "none", verdict.get("rung").textValue());
        assertStrongestIs(verdict, "cpu.");
      } finally {
        over.set(true);
      }
    } finally {
      over.set(true);
      for (Thread thread : busy) {
        thread.join();
      }
    }
  }

  @Test
  void ordersWithoutTheirIndexBindToTheDatabaseAndTheIndexIsNamed() throws Exception {
    try (OwnDatabase database = new OwnDatabase();
        TestApp app = TestApp.start(database.settings())) {
      String user = app.newUser();
      Connect.execute(
          database.url(),
          """
          INSERT INTO users (email, name)
          SELECT i || '@example.com', 'a' FROM generate_series(1, 999) i;
          INSERT INTO orders (user_id, item, quantity, unit_price_cents)
          SELECT 2 + i % 900, 'a', 1, 1 FROM generate_series(1, 400000) i;
          ANALYZE
          """);
      assertEquals(200, app.api().get(user + "/orders").status());
      assertEquals(0, app.admin().get("/verdict").json().get("indexes").size());
      Connect.execute(database.url(), "DROP INDEX orders_user");
      try (Load _ = reads(app, user + "/orders")) {
        JsonNode _ = await(app, "io", "replica");
        Await.until(
            "the index",
            PATIENCE,
            () -> app.admin().get("/verdict").json().get("indexes").size() == 1);
        JsonNode verdict = app.admin().get("/verdict").json();
        assertEquals("database", verdict.get("rung").textValue(), verdict::toPrettyString);
        JsonNode index = verdict.get("indexes").get(0);
        assertEquals("orders", index.get("table").textValue());
        assertEquals(
            "CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id)",
            index.get("statement").textValue());
      }
    }
  }

  @Test
  void aHeapThatIsTooSmallBindsToTheMemory() throws Exception {
    try (OwnDatabase database = new OwnDatabase();
        LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("memory"),
                database.settings("JAVA_TOOL_OPTIONS", SMALL_HEAP));
        Load _ =
            new Load(
                ladder.port(),
                ladder.createKey(),
                CLIENTS,
                (client, _) -> client.post("/signup", LARGE_BODY))) {
      JsonNode verdict = await(() -> verdict(ladder), "memory", null);
      assertEquals("servers", verdict.get("rung").textValue(), verdict::toPrettyString);
      assertStrongestIs(verdict, "gc.");
    }
  }

  private static JsonNode verdict(LadderProcess ladder) {
    try (LadderClient admin = ladder.admin()) {
      return LadderClient.json(admin.get("/verdict"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double figure(JsonNode verdict, String name) {
    for (JsonNode evidence : verdict.get("evidence")) {
      if (evidence.get("name").textValue().equals(name)) {
        return evidence.get("value").doubleValue();
      }
    }
    throw new AssertionError("no " + name + " in " + verdict.toPrettyString());
  }

  private static void assertStrongestIs(JsonNode verdict, String prefix) {
    String name = verdict.get("evidence").get(0).get("name").textValue();
    assertTrue(name.startsWith(prefix), verdict::toPrettyString);
  }

  private static JsonNode await(TestApp app, String bound, String on) {
    return await(() -> app.admin().get("/verdict").json(), bound, on);
  }

  private static JsonNode await(Supplier<JsonNode> verdicts, String bound, String on) {
    AtomicReference<JsonNode> last = new AtomicReference<>();
    try {
      Await.until(
          bound + " " + on,
          PATIENCE,
          () -> {
            JsonNode verdict = verdicts.get();
            last.set(verdict);
            return verdict.get("bound").textValue().equals(bound)
                && Objects.equals(on, verdict.get("on").textValue());
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", but " + last.get().toPrettyString(), e);
    }
    return last.get();
  }
}
