package ladder.api;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.harness.Await;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RateLimitIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern LIMIT = Pattern.compile("\"default\";r=([0-9]+);t=([0-9]+)");

  private static TestApp app;
  private static String user;

  @BeforeAll
  static void start() {
    app = TestApp.start(Map.of("LADDER_RATE_LIMIT", "100/60s"));
    user = app.newUser();
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void allowsExactlyTheQuotaAndThenRefuses() {
    Client client = app.keyed(app.newKey("exact", null));
    for (int left = 99; left >= 0; left--) {
      Answer answer = client.get(user);
      assertEquals(200, answer.status());
      assertEquals("\"default\";q=100;w=60", answer.header("RateLimit-Policy"));
      assertEquals(left, remaining(answer));
      assertTrue(seconds(answer) >= 1 && seconds(answer) <= 60, answer::toString);
    }
    for (int i = 0; i < 3; i++) {
      Answer refused = client.get(user);
      assertProblem(429, refused);
      assertEquals("\"default\";q=100;w=60", refused.header("RateLimit-Policy"));
      assertEquals(0, remaining(refused));
      assertEquals(Long.toString(seconds(refused)), refused.header("Retry-After"));
      assertFalse(refused.has("Cache-Status"));
    }
  }

  @Test
  void aKeyMayHaveALimitOfItsOwn() {
    Client client = app.keyed(app.newKey("own", 3));
    for (int left = 2; left >= 0; left--) {
      Answer answer = client.get(user);
      assertEquals("\"default\";q=3;w=60", answer.header("RateLimit-Policy"));
      assertEquals(left, remaining(answer));
    }
    assertProblem(429, client.get(user));
    assertEquals(200, app.keyed(app.newKey("another", 1)).get(user).status());
  }

  @Test
  void isExactOverNodesAndThreads() throws Exception {
    try (TestApp other = TestApp.start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String key = app.newKey("shared", 25);
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        calls.add(() -> app.keyed(key).get(user).status());
        calls.add(() -> other.keyed(key).get(user).status());
      }
      int allowed = 0;
      for (Future<Integer> answer : threads.invokeAll(calls)) {
        assertTrue(answer.get() == 200 || answer.get() == 429);
        allowed += answer.get() == 200 ? 1 : 0;
      }
      assertEquals(25, allowed);
    }
  }

  @Test
  void aRefusedRequestUsesNoQuota() {
    try (TestApp brisk = TestApp.start(Map.of("LADDER_RATE_LIMIT", "3/2s"))) {
      Client client = brisk.keyed(brisk.newKey("brisk", null));
      for (int round = 0; round < 3; round++) {
        // Were refused requests counted, asking every few milliseconds would never be let in.
        Await.until("let in", PATIENCE, () -> client.get(user).status() == 200);
      }
      Await.until("refused", PATIENCE, () -> client.get(user).status() == 429);
      Await.until("let in again", PATIENCE, () -> client.get(user).status() == 200);
    }
  }

  @Test
  void everyAuthenticatedAnswerTellsTheLimitAndUsesIt() {
    Client client = app.keyed(app.newKey("all", 1000));
    String taken = app.signUp("Taken").get("email").textValue();
    String own = app.newUser();
    List<Answer> answers =
        List.of(
            client.get(own),
            client.head(own),
            client.with("If-None-Match", "\"1\"").get(own),
            client.get("/users/x"),
            client.get("/users/999999999999"),
            client.get(own + "/orders"),
            client.get(own + "/orders?limit=0"),
            client.get("/orders/999999999999"),
            client.post(own + "/orders", OrdersIT.ORDER),
            client.post("/signup", "{\"email\":\"" + taken + "\",\"name\":\"Ada\"}"),
            client.post("/signup", "{"),
            client.post("/signup", "{}"),
            client.post("/signup", "\"" + "x".repeat(70_000) + "\""),
            client.with("Content-Type", "text/plain").post("/signup", "{}"),
            client.with("If-Match", "\"9\"").patch(own, "{\"name\":\"x\"}"),
            client.patch(own, "{\"name\":\"x\"}"),
            client.delete(own));
    List<Integer> statuses = answers.stream().map(Answer::status).toList();
    assertEquals(
        List.of(
            200, 200, 304, 400, 404, 200, 400, 404, 201, 409, 400, 422, 413, 415, 412, 200, 204),
        statuses);
    for (int i = 0; i < answers.size(); i++) {
      assertEquals("\"default\";q=1000;w=60", answers.get(i).header("RateLimit-Policy"));
      assertEquals(999 - i, remaining(answers.get(i)), statuses.get(i) + " at " + i);
    }
  }

  @Test
  void whatNeedsNoKeyIsNotLimited() {
    Client client = app.keyed(app.newKey("none", 1));
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(client.get("/health/live"));
      answers.add(client.get("/health/ready"));
      answers.add(client.get("/openapi.json"));
      answers.add(client.get("/nowhere"));
      answers.add(client.send("PUT", user, null));
      answers.add(client.send("OPTIONS", user, null));
    }
    for (Answer answer : answers) {
      assertFalse(answer.has("RateLimit") || answer.has("RateLimit-Policy"), answer::toString);
    }
    assertEquals(200, client.get(user).status());
    assertEquals(429, client.get(user).status());
  }

  @Test
  void countsItsDecisions() {
    JsonNode before = app.admin().get("/stats").json().get("limit");
    Client client = app.keyed(app.newKey("counted", 2));
    client.get(user);
    client.get(user);
    client.get(user);
    JsonNode after = app.admin().get("/stats").json().get("limit");
    assertEquals(2, after.get("allowed").longValue() - before.get("allowed").longValue());
    assertEquals(1, after.get("denied").longValue() - before.get("denied").longValue());
    assertEquals(0, after.get("fallback").longValue());
  }

  private static long remaining(Answer answer) {
    return part(answer, 1);
  }

  private static long seconds(Answer answer) {
    return part(answer, 2);
  }

  private static long part(Answer answer, int group) {
    Matcher limit = LIMIT.matcher(answer.header("RateLimit"));
    assertTrue(limit.matches(), answer::toString);
    return Long.parseLong(limit.group(group));
  }
}
