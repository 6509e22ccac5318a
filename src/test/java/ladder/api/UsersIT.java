package ladder.api;

import static ladder.harness.Problem.assertInvalid;
import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.sql;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AutoClose private static final TestApp app = TestApp.start();

  @Test
  void servesTheSameBytesFromTheDatabaseAndFromTheCache() {
    // Behind the service's back, so that no sign-up has put it into the cache.
    String id =
        sql(
            "INSERT INTO users (email, name) VALUES ('%s', 'Zo\u00eb') RETURNING id"
                .formatted(TestApp.email()));
    Answer miss = app.api().get("/users/" + id);
    assertEquals(200, miss.status(), miss::text);
    assertEquals("ladder; fwd=miss", miss.header("Cache-Status"));
    Answer hit = awaitHit("/users/" + id);
    assertArrayEquals(miss.body(), hit.body());
    assertEquals(miss.header("ETag"), hit.header("ETag"));
    assertEquals("Zo\u00eb", hit.json().get("name").textValue());
    assertTrue(miss.header("Server-Timing").contains("db;dur="), miss::toString);
    assertFalse(hit.header("Server-Timing").contains("db;dur="), hit::toString);
  }

  @Test
  void answersNotModifiedToWhoHasTheVersion() {
    String user = app.newUser();
    for (String tag : new String[] {"\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"}) {
      Answer same = app.api().with("If-None-Match", tag).get(user);
      assertEquals(304, same.status(), tag);
      assertEquals("\"1\"", same.header("ETag"));
      assertEquals(0, same.body().length);
      assertTrue(same.has("RateLimit") && same.has("Cache-Status"));
    }
    assertEquals(200, app.api().with("If-None-Match", "\"2\"").get(user).status());
    assertEquals(200, app.api().with("If-None-Match", "1").get(user).status());
  }

  @Test
  void readsAQuotedTagAsOneWhateverIsInIt() {
    String user = app.newUser();
    for (String tag : new String[] {"\"a,*,b\"", "\"a, \"1\", b\"", "\"01\"", "\"1", "1\""}) {
      assertEquals(200, app.api().with("If-None-Match", tag).get(user).status(), tag);
      assertProblem(412, app.api().with("If-Match", tag).patch(user, named("B")));
    }
    String among = "W/\"x,y\" ,, \"a,*\",\"1\"";
    assertEquals(304, app.api().with("If-None-Match", among).get(user).status());
    assertEquals(200, app.api().with("If-Match", among).patch(user, named("B")).status());
  }

  @Test
  void showsAChangeAtOnce() {
    String user = app.newUser();
    awaitHit(user);
    for (int version = 2; version < 12; version++) {
      Answer changed = app.api().patch(user, "{\"name\":\"Name %d\"}".formatted(version));
      assertEquals(200, changed.status(), changed::text);
      assertEquals("\"" + version + "\"", changed.header("ETag"));
      Answer read = app.api().get(user);
      assertEquals("Name " + version, read.json().get("name").textValue());
      assertArrayEquals(changed.body(), read.body());
    }
  }

  @Test
  void changesOnlyWhatIsGiven() {
    JsonNode user = app.signUp("Ada");
    String path = "/users/" + user.get("id").longValue();
    String email = TestApp.email();
    JsonNode changed = app.api().patch(path, "{\"email\":\"" + email + "\",\"id\":5}").json();
    assertEquals("Ada", changed.get("name").textValue());
    assertEquals(email, changed.get("email").textValue());
    assertEquals(user.get("id"), changed.get("id"));
    assertEquals(user.get("createdAt"), changed.get("createdAt"));
  }

  @Test
  void changesOnlyTheVersionThatTheCallerKnows() {
    String user = app.newUser();
    assertEquals(200, app.api().with("If-Match", "\"1\"").patch(user, named("B")).status());
    assertProblem(412, app.api().with("If-Match", "\"1\"").patch(user, named("C")));
    assertProblem(412, app.api().with("If-Match", "W/\"2\"").patch(user, named("C")));
    assertProblem(412, app.api().with("If-Match", "\"x\"").patch(user, named("C")));
    assertEquals("B", app.api().get(user).json().get("name").textValue());
    assertEquals(200, app.api().with("If-Match", "\"7\", \"2\"").patch(user, named("D")).status());
    assertEquals(200, app.api().with("If-Match", "*").patch(user, named("E")).status());
    assertProblem(412, app.api().with("If-Match", "\"1\"").delete(user));
    assertEquals(204, app.api().with("If-Match", "\"4\"").delete(user).status());
    assertProblem(404, app.api().with("If-Match", "*").patch(user, named("F")));
    String tags = "\"1\", ".repeat(20) + "\"1\"";
    assertProblem(400, app.api().with("If-Match", tags).patch(user, named("F")));
  }

  @Test
  void refusesAnAddressOfAnotherUser() {
    String taken = app.signUp("Ada").get("email").textValue().toUpperCase(Locale.ROOT);
    JsonNode user = app.signUp("Eve");
    String path = "/users/" + user.get("id").longValue();
    assertProblem(409, app.api().patch(path, "{\"email\":\"" + taken + "\"}"));
    assertEquals(user, app.api().get(path).json());
    String own = user.get("email").textValue().toUpperCase(Locale.ROOT);
    assertEquals(200, app.api().patch(path, "{\"email\":\"" + own + "\"}").status());
  }

  @Test
  void namesWhatIsWrongWithAChange() {
    String user = app.newUser();
    assertInvalid(app.api().patch(user, "{}"), "name");
    assertInvalid(app.api().patch(user, "{\"name\":null}"), "name");
    assertInvalid(app.api().patch(user, "{\"name\":\"\",\"email\":\"x\"}"), "email", "name");
    assertInvalid(app.api().patch(user, "{\"name\":7,\"email\":false}"), "email", "name");
    assertInvalid(app.api().patch(user, "{\"name\":\" \"}"), "name");
    assertInvalid(app.api().patch(user, "{\"name\":\"a\\u0000\"}"), "name");
    assertEquals(1, app.api().get(user).json().get("version").longValue());
  }

  @Test
  void deletesAUserWithTheirOrdersAndKeepsTheAuditLog() {
    String user = app.newUser();
    String id = user.substring("/users/".length());
    String order = app.api().post(user + "/orders", OrdersIT.ORDER).header("Location");
    String audited = "SELECT count(*) FROM audit_log WHERE user_id = " + id;
    Await.until("the audit log", PATIENCE, () -> sql(audited).equals("1"));
    awaitHit(user);

    Answer deleted = app.api().delete(user);
    assertEquals(204, deleted.status());
    assertEquals(0, deleted.body().length);
    assertProblem(404, app.api().get(user));
    assertProblem(404, app.api().get(user + "/orders"));
    assertProblem(404, app.api().get(order));
    assertProblem(404, app.api().delete(user));
    assertProblem(404, app.api().patch(user, named("x")));
    assertProblem(404, app.api().post(user + "/orders", OrdersIT.ORDER));
    assertEquals("0", sql("SELECT count(*) FROM orders WHERE user_id = " + id));
    assertEquals("1", sql(audited));
  }

  @Test
  void aDeletedAddressCanSignUpAgain() {
    JsonNode user = app.signUp("Ada");
    assertEquals(204, app.api().delete("/users/" + user.get("id").longValue()).status());
    String again = "{\"email\":\"%s\",\"name\":\"Ada\"}".formatted(user.get("email").textValue());
    Answer answer = app.api().post("/signup", again);
    assertEquals(201, answer.status());
    assertEquals(200, app.api().get(answer.header("Location")).status());
  }

  @Test
  void headIsGetWithoutABody() {
    String user = app.newUser();
    Answer get = awaitHit(user);
    Answer head = app.api().head(user);
    assertEquals(200, head.status());
    assertEquals(0, head.body().length);
    for (String name : new String[] {"ETag", "Content-Type", "Content-Length", "Cache-Status"}) {
      assertEquals(get.header(name), head.header(name), name);
    }
    assertTrue(head.has("RateLimit") && head.has("RateLimit-Policy"));
    assertEquals(304, app.api().with("If-None-Match", "\"1\"").head(user).status());
    assertEquals(404, app.api().head("/users/999999999999").status());
    assertEquals(401, app.anonymous().head(user).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "+1",
        "x",
        "1.0",
        "1e3",
        "01",
        "0x1",
        "%31%00",
        "%20",
        "%D9%A1",
        "9223372036854775808",
        "99999999999999999999999"
      })
  void refusesIdsThatAreNone(String id) {
    assertProblem(400, app.api().get("/users/" + id));
    assertProblem(400, app.api().patch("/users/" + id, named("x")));
    assertProblem(400, app.api().delete("/users/" + id));
    assertProblem(400, app.api().get("/users/" + id + "/orders"));
    assertProblem(400, app.api().get("/orders/" + id));
  }

  @Test
  void saysThatThereIsNoSuchUser() {
    assertProblem(404, app.api().get("/users/" + Long.MAX_VALUE + "/orders"));
    assertProblem(404, app.api().patch("/users/" + Long.MAX_VALUE, named("x")));
    assertProblem(404, app.api().get("/orders/" + Long.MAX_VALUE));
    Answer answer = app.api().get("/users/" + Long.MAX_VALUE);
    assertProblem(404, answer);
    assertEquals("ladder; fwd=miss", answer.header("Cache-Status"));
    assertFalse(answer.has("ETag"));
  }

  private static String named(String name) {
    return "{\"name\":\"" + name + "\"}";
  }

  /** What a miss loaded is put into the cache after it was answered. */
  private static Answer awaitHit(String path) {
    Answer[] last = new Answer[1];
    Await.until(
        "a hit",
        PATIENCE,
        () -> {
          last[0] = app.api().get(path);
          return last[0].header("Cache-Status").equals("ladder; hit");
        });
    return last[0];
  }
}
