package ladder.api;

import static ladder.harness.Problem.assertInvalid;
import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.email;
import static ladder.harness.TestApp.execute;
import static ladder.harness.TestApp.sql;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.Proxy;
import ladder.harness.RawHttp;
import ladder.harness.TestApp;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyIT {
  @AutoClose private static final TestApp app = TestApp.start();

  @Test
  void repeatsTheFirstAnswerAndDoesNothingTwice() {
    String body = signUp(email());
    Client once = once(key());
    Answer first = once.post("/signup", body);
    assertEquals(201, first.status(), first::text);
    assertFalse(first.has("Idempotency-Replayed"));
    for (int i = 0; i < 3; i++) {
      Answer again = once.post("/signup", body);
      assertEquals(201, again.status());
      assertEquals("true", again.header("Idempotency-Replayed"));
      assertArrayEquals(first.body(), again.body());
      for (String name : new String[] {"Location", "ETag", "Content-Type"}) {
        assertEquals(first.header(name), again.header(name), name);
      }
      assertNotEquals(first.header("X-Request-Id"), again.header("X-Request-Id"));
      assertTrue(again.has("RateLimit"));
    }
  }

  @Test
  void createsOneOrderForOneKey() {
    String orders = app.newUser() + "/orders";
    Client once = once(key());
    Answer first = once.post(orders, OrdersIT.ORDER);
    Answer again = once.post(orders, OrdersIT.ORDER);
    assertEquals(first.header("Location"), again.header("Location"));
    assertEquals("true", again.header("Idempotency-Replayed"));
    assertEquals(1, app.api().get(orders).json().get("orders").size());
    assertNotEquals(
        first.header("Location"), once(key()).post(orders, OrdersIT.ORDER).header("Location"));
  }

  @Test
  void refusesAKeyThatStandsForAnotherRequest() {
    Client once = once(key());
    assertEquals(201, once.post("/signup", signUp(email())).status());
    assertProblem(422, once.post("/signup", signUp(email())));
    assertProblem(422, once.post(app.newUser() + "/orders", OrdersIT.ORDER));
    Client ordered = once(key());
    assertEquals(201, ordered.post(app.newUser() + "/orders", OrdersIT.ORDER).status());
    assertProblem(422, ordered.post(app.newUser() + "/orders", OrdersIT.ORDER));
  }

  @Test
  void hasOneEffectHoweverManySendItAtOnce() throws Exception {
    try (TestApp other = TestApp.start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String apiKey = app.newKey("at once", null);
      for (int round = 0; round < 5; round++) {
        String orders = app.newUser() + "/orders";
        String key = key();
        Callable<Answer> here =
            () -> app.keyed(apiKey).with("Idempotency-Key", key).post(orders, OrdersIT.ORDER);
        Callable<Answer> there =
            () -> other.keyed(apiKey).with("Idempotency-Key", key).post(orders, OrdersIT.ORDER);
        List<Callable<Answer>> calls = new java.util.ArrayList<>();
        calls.addAll(Collections.nCopies(10, here));
        calls.addAll(Collections.nCopies(10, there));
        int fresh = 0;
        for (Future<Answer> future : threads.invokeAll(calls)) {
          Answer answer = future.get();
          if (answer.status() == 409) {
            assertProblem(409, answer);
            assertEquals("1", answer.header("Retry-After"));
          } else {
            assertEquals(201, answer.status(), answer::text);
            fresh += answer.has("Idempotency-Replayed") ? 0 : 1;
          }
        }
        assertEquals(1, fresh);
        assertEquals(1, app.api().get(orders).json().get("orders").size());
        assertEquals("true", here.call().header("Idempotency-Replayed"));
      }
    }
  }

  @Test
  void keysOfTwoClientsHaveNothingToDoWithEachOther() {
    String key = key();
    String orders = app.newUser() + "/orders";
    Client one = app.keyed(app.newKey("one", null)).with("Idempotency-Key", key);
    Client two = app.keyed(app.newKey("two", null)).with("Idempotency-Key", key);
    Answer first = one.post(orders, OrdersIT.ORDER);
    Answer second = two.post(orders, OrdersIT.ORDER);
    assertEquals(201, second.status());
    assertFalse(second.has("Idempotency-Replayed"));
    assertNotEquals(first.header("Location"), second.header("Location"));
    assertProblem(422, two.post("/signup", signUp(email())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\tb", "TOO LONG"})
  void refusesKeysOfABadForm(String key) {
    String sent = key.equals("TOO LONG") ? "k".repeat(256) : key;
    assertProblem(400, once(sent).post("/signup", signUp(email())));
  }

  @Test
  void refusesTwoKeys() throws IOException {
    String body = signUp(email());
    try (RawHttp http = new RawHttp(app.port(), Duration.ofSeconds(30))) {
      String sent =
          "POST /signup HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-API-Key: "
              + app.newKey("two", null)
              + "\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      assertEquals(400, http.send(sent).read().status());
    }
  }

  @Test
  void takesLongAndQuotedKeys() {
    assertEquals(201, once(key() + "k".repeat(219)).post("/signup", signUp(email())).status());
    assertEquals(201, once('"' + key() + '"').post("/signup", signUp(email())).status());
  }

  @Test
  void repeatsAnAnswerThatWasAProblem() {
    String email = app.signUp("Ada").get("email").textValue();
    Client once = once(key());
    assertProblem(409, once.post("/signup", signUp(email)));
    String id = sql("DELETE FROM users WHERE email = '" + email + "' RETURNING id");
    Answer again = once.post("/signup", signUp(email));
    assertEquals(409, again.status(), id);
    assertEquals("true", again.header("Idempotency-Replayed"));
    assertEquals("application/problem+json", again.header("Content-Type"));
    Client ordered = once(key());
    assertProblem(404, ordered.post("/users/999999999999/orders", OrdersIT.ORDER));
    assertEquals(
        "true",
        ordered.post("/users/999999999999/orders", OrdersIT.ORDER).header("Idempotency-Replayed"));
  }

  @Test
  void aRequestThatWasNotUnderstoodDoesNotUseUpItsKey() {
    Client once = once(key());
    assertInvalid(once.post("/signup", "{\"email\":\"x\",\"name\":\"Ada\"}"), "email");
    assertProblem(400, once.post("/signup", "{"));
    Answer corrected = once.post("/signup", signUp(email()));
    assertEquals(201, corrected.status());
    assertFalse(corrected.has("Idempotency-Replayed"));
  }

  @Test
  void aRequestThatFailedDoesNotUseUpItsKey() {
    String url = TestServers.settings().get("LADDER_DATABASE_URL");
    try (Proxy proxy = Proxy.to(url);
        TestApp cut =
            TestApp.start(
                Map.of("LADDER_DATABASE_URL", proxy.url(url), "LADDER_POOL_WAIT", "1s"))) {
      String orders = cut.newUser() + "/orders";
      Client once = cut.api().with("Idempotency-Key", key());
      proxy.cut();
      assertProblem(503, once.post(orders, OrdersIT.ORDER));
      proxy.restore();
      ladder.harness.Await.until(
          "the primary answers",
          java.time.Duration.ofSeconds(30),
          () -> cut.api().post(orders, OrdersIT.ORDER).status() == 201);
      Answer answer = once.post(orders, OrdersIT.ORDER);
      assertEquals(201, answer.status());
      assertFalse(answer.has("Idempotency-Replayed"));
      assertEquals("true", once.post(orders, OrdersIT.ORDER).header("Idempotency-Replayed"));
    }
  }

  @Test
  void remembersForADay() {
    String orders = app.newUser() + "/orders";
    String key = key();
    Answer first = once(key).post(orders, OrdersIT.ORDER);
    String age = "UPDATE idempotency_keys SET created_at = now() - interval '%s' WHERE key = '%s'";
    execute(age.formatted("23 hours 59 minutes", key));
    assertEquals(
        first.header("Location"), once(key).post(orders, OrdersIT.ORDER).header("Location"));
    execute(age.formatted("24 hours 1 minute", key));
    Answer next = once(key).post(orders, OrdersIT.ORDER);
    assertFalse(next.has("Idempotency-Replayed"));
    assertNotEquals(first.header("Location"), next.header("Location"));
    assertEquals(
        next.header("Location"), once(key).post(orders, OrdersIT.ORDER).header("Location"));
  }

  @Test
  void otherMethodsTakeNoNotice() {
    Client once = once(key());
    String user = app.newUser();
    assertEquals(200, once.patch(user, "{\"name\":\"B\"}").status());
    assertEquals(200, once.patch(user, "{\"name\":\"C\"}").status());
    assertEquals("C", once.get(user).json().get("name").textValue());
    assertEquals(204, once.delete(user).status());
  }

  private static Client once(String key) {
    return app.api().with("Idempotency-Key", key);
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }

  private static String signUp(String email) {
    return "{\"email\":\"" + email + "\",\"name\":\"Ada\"}";
  }
}
