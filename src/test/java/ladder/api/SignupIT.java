package ladder.api;

import static ladder.harness.Problem.assertInvalid;
import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.email;
import static ladder.harness.TestApp.sql;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignupIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AutoClose private static final TestApp app = TestApp.start();

  @Test
  void answersWithTheUserAndWhereItIs() {
    String email = email();
    Answer answer = signUp(email, "Ada");
    assertEquals(201, answer.status(), answer::text);
    JsonNode user = answer.json();
    assertEquals("/users/" + user.get("id").longValue(), answer.header("Location"));
    assertEquals(email, user.get("email").textValue());
    assertEquals("Ada", user.get("name").textValue());
    assertEquals(1, user.get("version").longValue());
    assertTrue(Instant.parse(user.get("createdAt").textValue()).isAfter(Instant.EPOCH));
    assertEquals("\"1\"", answer.header("ETag"));
    assertEquals("application/json", answer.header("Content-Type"));
    assertEquals(user, app.api().get(answer.header("Location")).json());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Ada", "\u00c5sa \u00d6berg", "\u5c71\u7530 \u592a\u90ce", "\ud83d\ude80"})
  void namesComeBackAsTheyWereGiven(String name) {
    Answer answer = signUp(email(), name);
    assertEquals(name, answer.json().get("name").textValue());
    assertEquals(name, app.api().get(answer.header("Location")).json().get("name").textValue());
  }

  @Test
  void countsLengthsInCharactersAndNotInBytes() {
    assertEquals(201, signUp(email(), "\ud83d\ude80".repeat(200)).status());
    assertInvalid(signUp(email(), "\ud83d\ude80".repeat(201)), "name");
  }

  @Test
  void refusesAnAddressThatIsTakenWhateverItsCase() {
    String email = email();
    assertEquals(201, signUp(email, "Ada").status());
    assertProblem(409, signUp(email, "Ada"));
    assertProblem(409, signUp(email.toUpperCase(Locale.ROOT), "Eve"));
    String umlaut = "z\u00f6e" + email;
    assertEquals(201, signUp(umlaut, "Zoe").status());
    assertProblem(409, signUp(umlaut.toUpperCase(Locale.ROOT), "Zoe"));
    assertEquals("1", sql("SELECT count(*) FROM users WHERE lower(email) = '" + email + "'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@example.com",
        "a.b+c@sub.example.co.uk",
        "o'brien@example.com",
        "m\u00fcller@b\u00fccher.example",
        "1@2.example"
      })
  void takesWhatLooksLikeAnAddress(String email) {
    assertEquals(201, signUp(java.util.UUID.randomUUID() + email, "Ada").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@@example.com",
        "ada@exa mple.com",
        ".ada@example.com",
        "ada..b@example.com",
        "ada@-example.com",
        "ada@example..com",
        "ada@[127.0.0.1]",
        "\\\"ada\\\"@example.com",
        "ada@example.com\\r\\nBcc: eve@example.com",
        "ada@example.com\\u0000",
        "ada@example.com,eve@example.com",
        "<ada@example.com>",
        "\u00a0ada@example.com",
        "ada\u3000@example.com",
        "\u200bada@example.com",
        "\ufeffada@example.com",
        "ada\u202e@example.com"
      })
  void refusesWhatIsNoAddress(String email) {
    assertInvalid(signUp(email, "Ada"), "email");
  }

  @Test
  void refusesAbsurdlyLongAddresses() {
    assertInvalid(signUp("a".repeat(65) + "@example.com", "Ada"), "email");
    assertInvalid(signUp("a@" + "b.".repeat(150) + "com", "Ada"), "email");
    assertInvalid(signUp("a".repeat(60_000) + "@example.com", "Ada"), "email");
    assertInvalid(signUp("a@" + "b".repeat(64) + ".com", "Ada"), "email");
  }

  @Test
  void namesEveryMemberThatIsWrong() {
    assertInvalid(app.api().post("/signup", "{}"), "email", "name");
    assertInvalid(app.api().post("/signup", "{\"email\":null,\"name\":null}"), "email", "name");
    assertInvalid(app.api().post("/signup", "{\"email\":1,\"name\":[\"a\"]}"), "email", "name");
    assertInvalid(signUp(email(), ""), "name");
    assertInvalid(signUp(email(), "  \u3000 "), "name");
    assertInvalid(signUp(email(), "a".repeat(201)), "name");
    assertInvalid(app.api().post("/signup", "[]"));
    assertInvalid(app.api().post("/signup", "\"ada\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\u0000b", "a\\u0007b", "a\\nb", "a\\u007fb", "\\ud800", "a\\udc00b"})
  void refusesWhatNoNameHasAndNoTableHolds(String name) {
    assertInvalid(signUp(email(), name), "name");
  }

  @Test
  void ignoresMembersThatItDoesNotKnow() {
    String body =
        "{\"id\":1,\"email\":\"%s\",\"name\":\"Ada\",\"version\":9,\"x\":{\"y\":[1]}}"
            .formatted(email());
    Answer answer = app.api().post("/signup", body);
    assertEquals(201, answer.status());
    assertEquals(1, answer.json().get("version").longValue());
  }

  @Test
  void emailAuditAndSlackFollowOnce() throws Exception {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String body = "{\"email\":\"%s\",\"name\":\"Ada\"}".formatted(email());
    Answer answer =
        app.api().with("X-Request-Id", "follow-1").with("traceparent", trace).post("/signup", body);
    String of = " FROM audit_log WHERE user_id = " + answer.json().get("id").longValue();
    Await.until("audit", PATIENCE, () -> sql("SELECT count(*)" + of).equals("1"));
    assertEquals("user.signed_up", sql("SELECT action" + of));
    assertEquals("follow-1", sql("SELECT detail->>'requestId'" + of));
    String deliveries = "SELECT count(*) FROM deliveries WHERE event_id = ";
    String event = sql("SELECT event_id" + of);
    Await.until("all", PATIENCE, () -> sql(deliveries + "'" + event + "'").equals("3"));
    for (String box : new String[] {"email", "slack"}) {
      try (var files = java.nio.file.Files.list(app.dataDir().resolve("outbox/" + box))) {
        assertEquals(1, files.filter(f -> f.toString().contains(event)).count(), box);
      }
    }
  }

  @Test
  void oneOfManyWithTheSameAddressGetsIt() throws Exception {
    String email = email();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Integer> statuses = new ArrayList<>();
      Callable<Integer> call = () -> signUp(email, "Ada").status();
      for (Future<Integer> status : threads.invokeAll(Collections.nCopies(20, call))) {
        statuses.add(status.get());
      }
      assertEquals(1, Collections.frequency(statuses, 201), statuses::toString);
      assertEquals(19, Collections.frequency(statuses, 409), statuses::toString);
    }
  }

  @Test
  void answersWhenEffectsAreDoneDuringTheRequest() {
    try (TestApp plain = TestApp.start(Map.of("LADDER_RUNGS", "none"))) {
      long id = plain.signUp("Ada").get("id").longValue();
      assertEquals("1", sql("SELECT count(*) FROM audit_log WHERE user_id = " + id));
      Answer read = plain.api().get("/users/" + id);
      assertEquals(200, read.status());
      assertEquals("ladder; fwd=miss", read.header("Cache-Status"));
      assertEquals(false, read.has("RateLimit"));
    }
  }

  private static Answer signUp(String email, String name) {
    return app.api().post("/signup", "{\"email\":\"%s\",\"name\":\"%s\"}".formatted(email, name));
  }
}
