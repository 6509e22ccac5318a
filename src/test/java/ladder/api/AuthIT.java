package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.sql;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import ladder.harness.Await;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String WRONG = "lk_" + "0".repeat(40);

  private static TestApp app;
  private static String user;

  @BeforeAll
  static void start() {
    app = TestApp.start(Map.of("LADDER_KEY_CACHE", "60s"));
    user = app.newUser();
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void takesAKeyFromEitherHeader() {
    String key = app.newKey("either", null);
    for (String scheme : new String[] {"Bearer ", "bearer ", "BEARER   "}) {
      assertEquals(200, app.anonymous().with("Authorization", scheme + key).get(user).status());
    }
    assertEquals(200, app.anonymous().with("X-API-Key", key).get(user).status());
    assertEquals(200, app.anonymous().with("x-api-key", key).get(user).status());
  }

  @Test
  void believesAuthorizationOverTheOtherHeader() {
    String key = app.newKey("both", null);
    assertEquals(200, app.keyed(key).with("X-API-Key", WRONG).get(user).status());
    refused(app.keyed(WRONG).with("X-API-Key", key).get(user));
    Client basic = app.anonymous().with("Authorization", "Basic YTpi");
    refused(basic.get(user));
    assertEquals(200, basic.with("X-API-Key", key).get(user).status());
  }

  @Test
  void keepsWhatAKeyMaySeeOutOfSharedCaches() {
    String[] paths = {user, user + "/orders", "/users/999999999999", "/users/x"};
    for (String path : paths) {
      assertEquals("private, no-cache", app.api().get(path).header("Cache-Control"));
    }
    Client same = app.api().with("If-None-Match", "*");
    assertEquals("private, no-cache", same.get(user).header("Cache-Control"));
    assertFalse(app.anonymous().get("/openapi.json").has("Cache-Control"));
  }

  @Test
  void refusesARequestWithoutAKey() {
    refused(app.anonymous().get(user));
    refused(app.anonymous().delete(user));
    refused(app.anonymous().patch(user, "{}"));
    refused(app.anonymous().post("/signup", "not json"));
    refused(app.anonymous().get("/users/not-a-number"));
    refused(app.anonymous().get("/orders/1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "lk_",
        "lk_zz",
        "lk_0000000000000000000000000000000000000000",
        "lk_00000000000000000000000000000000000000000000000000",
        "LK_0000000000000000000000000000000000000000",
        "' OR 1=1 --"
      })
  void refusesWhatIsNoKey(String key) {
    refused(app.anonymous().with("Authorization", "Bearer " + key).get(user));
    refused(app.anonymous().with("X-API-Key", key).get(user));
    refused(app.anonymous().with("Authorization", key).get(user));
  }

  @Test
  void refusesAKeyWithAnythingMore() {
    String key = app.newKey("more", null);
    assertEquals(200, app.keyed(key).get(user).status());
    refused(app.keyed(key + "0").get(user));
    refused(app.keyed(key.substring(0, key.length() - 1)).get(user));
    refused(app.keyed(key.toUpperCase(java.util.Locale.ROOT)).get(user));
    refused(app.keyed(key + "," + key).get(user));
  }

  @Test
  void storesOnlyTheHashOfAKey() {
    JsonNode key = app.createKey("hashed", 7);
    String secret = key.get("key").textValue();
    String row = sql("SELECT k::text FROM api_keys k WHERE id = " + key.get("id").longValue());
    assertFalse(row.contains(secret.substring(3)), row);
    assertEquals(
        sql("SELECT encode(sha256('" + secret + "'), 'hex')"),
        sql("SELECT key_hash FROM api_keys WHERE id = " + key.get("id").longValue()));
  }

  @Test
  void aRevokedKeyStopsAtOnceWhereItWasRevoked() {
    for (int i = 0; i < 5; i++) {
      JsonNode key = app.createKey("revoked", null);
      Client client = app.keyed(key.get("key").textValue());
      assertEquals(200, client.get(user).status());
      assertEquals(204, app.admin().delete("/keys/" + key.get("id").longValue()).status());
      refused(client.get(user));
    }
  }

  @Test
  void aRevokedKeyStopsElsewhereWhenItIsBelievedNoLonger() {
    try (TestApp other = TestApp.start(Map.of("LADDER_KEY_CACHE", "0s"))) {
      JsonNode key = app.createKey("elsewhere", null);
      Client client = other.keyed(key.get("key").textValue());
      assertEquals(200, client.get(user).status());
      assertEquals(204, app.admin().delete("/keys/" + key.get("id").longValue()).status());
      Await.until("401", PATIENCE, () -> client.get(user).status() == 401);
      refused(client.get(user));
    }
  }

  @Test
  void whatDescribesAndWhatWatchesNeedsNoKey() {
    for (String path : new String[] {"/health/live", "/health/ready", "/openapi.json"}) {
      assertEquals(200, app.anonymous().get(path).status(), path);
      assertEquals(200, app.keyed(WRONG).get(path).status(), path);
    }
  }

  private static void refused(Answer answer) {
    assertProblem(401, answer);
    assertEquals("Bearer", answer.header("WWW-Authenticate"));
    assertFalse(answer.has("RateLimit") || answer.has("RateLimit-Policy"));
  }
}
