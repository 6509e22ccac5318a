package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Wrong keys by the hundred, from addresses that a trusted proxy names. */
class GuessedKeysIT {
  private static final int GUESSES = 300;

  private static TestApp app;
  private static String user;

  @BeforeAll
  static void start() {
    app =
        TestApp.start(Map.of("LADDER_KEY_CACHE", "60s", "LADDER_TRUSTED_PROXIES", "127.0.0.1,::1"));
    user = app.newUser();
    assertEquals(200, app.api().get(user).status());
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  private static Client from(String address) {
    return app.anonymous().with("X-Forwarded-For", address);
  }

  private static Answer guess(Client client, int n) {
    return client.with("X-API-Key", "lk_%040x".formatted(n)).get(user);
  }

  private static long queries() {
    JsonNode database = app.admin().get("/stats").json().get("database");
    return database.get("primaryQueries").longValue() + database.get("replicaQueries").longValue();
  }

  @Test
  void areRefusedWith429PastTheBoundAndCostNoQuery() {
    Client client = from("192.0.2.1");
    int n = 0;
    while (guess(client, n).status() == 401) {
      n++;
    }
    assertTrue(n >= 20, "401 for the first " + n);
    long before = queries();
    int refused = 0;
    for (int i = 0; i < GUESSES; i++) {
      Answer answer = guess(client, 1_000 + i);
      if (answer.status() == 429) {
        assertProblem(429, answer);
        long seconds = Long.parseLong(answer.header("Retry-After"));
        assertTrue(seconds >= 1 && seconds <= 3, () -> "Retry-After: " + seconds);
        assertFalse(answer.has("RateLimit"));
        refused++;
      }
    }
    assertTrue(refused > GUESSES / 2, "429 for " + refused);
    // Two for each that got a token back meanwhile; the drainers may ask a few of their own.
    assertTrue(queries() - before < GUESSES, () -> "queries: " + (queries() - before));
  }

  @Test
  void doNotConcernAGoodKeyThatIsKnownNorOtherAddresses() {
    Client client = from("192.0.2.2");
    int n = 5_000;
    while (guess(client, n).status() == 401) {
      n++;
    }
    assertEquals(200, app.api().with("X-Forwarded-For", "192.0.2.2").get(user).status());
    assertEquals(401, guess(from("192.0.2.3"), n).status());
    Client fresh = app.keyed(app.newKey("fresh", null));
    assertEquals(200, fresh.with("X-Forwarded-For", "192.0.2.3").get(user).status());
    assertEquals(200, fresh.with("X-Forwarded-For", "192.0.2.2").get(user).status());
  }

  @Test
  void ofAnotherFormOrNoneAreAlways401() {
    Client client = from("192.0.2.4");
    for (int i = 0; i < 50; i++) {
      assertProblem(401, client.with("X-API-Key", "guess" + i).get(user));
      assertProblem(401, client.get(user));
    }
    assertEquals(401, guess(client, 9_000).status(), "and take nothing from the bound");
  }
}
