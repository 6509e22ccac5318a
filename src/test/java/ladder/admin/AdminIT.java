package ladder.admin;

import static ladder.harness.Problem.assertInvalid;
import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import ladder.harness.Await;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdminIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOKEN = "s3cret-token";
  private static final Pattern LINK = Pattern.compile("href=\"([^\"]+)\"");

  private static TestApp app;

  @BeforeAll
  static void start() {
    app = TestApp.start(Map.of("LADDER_ADMIN_TOKEN", TOKEN));
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void letsNobodyInWithoutTheToken() {
    String[] guarded = {"/", "/metrics", "/stats", "/keys", "/journal", "/journal/dead"};
    Client nobody = app.admin().without("Authorization");
    for (String path : guarded) {
      refused(nobody.get(path));
    }
    String[] wrong = {
      "Bearer", "Bearer " + TOKEN + "x", "Bearer s3cret", "Basic " + TOKEN, TOKEN, "Bearer x"
    };
    for (String authorization : wrong) {
      refused(nobody.with("Authorization", authorization).get("/keys"));
    }
    refused(nobody.with("X-API-Key", TOKEN).get("/keys"));
    refused(nobody.post("/keys", "{\"name\":\"intruder\"}"));
    refused(nobody.delete("/keys/1"));
    refused(nobody.send("POST", "/journal/dead/1/replay", null));
    refused(nobody.delete("/journal/dead/1"));
    String key = app.newKey("user", null);
    refused(nobody.with("Authorization", "Bearer " + key).get("/keys"));
    assertEquals(200, nobody.with("Authorization", "bearer " + TOKEN).get("/keys").status());
    assertEquals(200, nobody.get("/health/live").status());
    assertEquals(200, nobody.get("/health/ready").status());
  }

  private static void refused(Answer answer) {
    assertProblem(401, answer);
    assertEquals("Bearer", answer.header("WWW-Authenticate"));
  }

  @Test
  void letsEverybodyInWhoReachesItWhenThereIsNoToken() {
    try (TestApp open = TestApp.start()) {
      assertEquals(200, open.admin().get("/keys").status());
    }
  }

  @Test
  void theFirstPageLinksToAllThatCanBeRead() {
    Answer page = app.admin().get("/");
    assertEquals("text/html; charset=utf-8", page.header("Content-Type"));
    List<String> links =
        LINK.matcher(page.text()).results().map((MatchResult m) -> m.group(1)).toList();
    assertTrue(links.containsAll(List.of("/metrics", "/stats", "/keys", "/journal/dead")));
    for (String link : links) {
      assertEquals(200, app.admin().get(link).status(), link);
      assertEquals(200, app.admin().head(link).status(), link);
    }
  }

  @Test
  void keepsTheTwoListenersApart() {
    for (String path : new String[] {"/metrics", "/stats", "/keys", "/journal", "/journal/dead"}) {
      assertProblem(404, app.api().get(path));
    }
    assertProblem(404, app.admin().get("/users/1"));
    assertProblem(404, app.admin().post("/signup", "{}"));
    assertProblem(405, app.admin().delete("/metrics"));
    assertProblem(405, app.admin().get("/journal/dead/1/replay"));
  }

  @Test
  void showsAKeyOnceAndNeverAgain() {
    Answer created = app.admin().post("/keys", "{\"name\":\"Zo\u00eb\",\"perMinute\":7}");
    assertEquals(201, created.status());
    JsonNode key = created.json();
    long id = key.get("id").longValue();
    assertEquals("/keys/" + id, created.header("Location"));
    assertEquals(
        Set.of("id", "name", "perMinute", "createdAt", "revokedAt", "key"), created.members());
    assertTrue(key.get("key").textValue().matches("lk_[0-9a-f]{40}"));
    assertEquals("Zo\u00eb", key.get("name").textValue());
    assertEquals(7, key.get("perMinute").intValue());
    assertTrue(Instant.parse(key.get("createdAt").textValue()).isAfter(Instant.EPOCH));
    Answer list = app.admin().get("/keys");
    assertFalse(list.text().contains("lk_") || list.text().contains("hash"), list::text);
    JsonNode listed = listed(id);
    assertFalse(listed.has("key"));
    assertTrue(listed.get("revokedAt").isNull());
    assertTrue(
        listed(app.createKey("default", null).get("id").longValue()).get("perMinute").isNull());
  }

  @Test
  void listsTheNewestKeysPageByPage() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.addFirst(app.createKey("page", null).get("id").longValue());
    }
    JsonNode first = app.admin().get("/keys?limit=2").json();
    assertEquals(ids.get(0), first.at("/keys/0/id").longValue());
    assertEquals(ids.get(1), first.at("/keys/1/id").longValue());
    assertEquals(2, first.get("keys").size());
    String next = first.get("next").textValue();
    JsonNode second = app.admin().get("/keys?limit=1&after=" + next).json();
    assertEquals(ids.get(2), second.at("/keys/0/id").longValue());
    assertProblem(400, app.admin().get("/keys?limit=0"));
    assertProblem(400, app.admin().get("/keys?after=1"));
  }

  @Test
  void revokesAKeyAndKeepsItListed() {
    long id = app.createKey("short-lived", null).get("id").longValue();
    Answer revoked = app.admin().delete("/keys/" + id);
    assertEquals(204, revoked.status());
    String at = listed(id).get("revokedAt").textValue();
    assertEquals(204, app.admin().delete("/keys/" + id).status());
    assertEquals(at, listed(id).get("revokedAt").textValue());
    assertProblem(404, app.admin().delete("/keys/999999999999"));
    assertProblem(400, app.admin().delete("/keys/x"));
  }

  @Test
  void namesWhatIsWrongWithAKey() {
    assertInvalid(app.admin().post("/keys", "{}"), "name");
    assertInvalid(app.admin().post("/keys", "{\"name\":\"\"}"), "name");
    assertInvalid(app.admin().post("/keys", "{\"name\":\" \"}"), "name");
    assertInvalid(app.admin().post("/keys", "{\"name\":\"a\\u0000\"}"), "name");
    assertInvalid(app.admin().post("/keys", "{\"name\":\"" + "x".repeat(101) + "\"}"), "name");
    for (String limit : new String[] {"0", "-1", "100001", "1.5", "\"5\"", "9".repeat(30)}) {
      String body = "{\"name\":\"x\",\"perMinute\":" + limit + "}";
      assertInvalid(app.admin().post("/keys", body), "perMinute");
    }
    assertProblem(400, app.admin().post("/keys", "{"));
    assertProblem(415, app.admin().with("Content-Type", "text/plain").post("/keys", "{}"));
  }

  @Test
  void tellsTheStatisticsOfEveryPart() {
    app.api().get(app.newUser());
    JsonNode stats = app.admin().get("/stats").json();
    List<String> parts = new ArrayList<>();
    stats.fieldNames().forEachRemaining(parts::add);
    assertEquals(List.of("http", "cache", "limit", "database", "journal"), parts);
    assertTrue(stats.at("/http/inflight").isIntegralNumber());
    assertTrue(stats.at("/cache/hits").longValue() > 0);
    assertTrue(stats.at("/limit/allowed").longValue() > 0);
    assertTrue(stats.at("/database/primaryQueries").longValue() > 0);
    assertTrue(stats.at("/database/replicaLagSeconds").isNumber());
    assertTrue(stats.at("/journal/appended").longValue() > 0);
    assertTrue(stats.at("/journal/channels/audit/lagEntries").isIntegralNumber());
  }

  @Test
  void tellsHowFarTheJournalIs() {
    long before = app.admin().get("/journal").json().get("appended").longValue();
    app.newUser();
    Answer after = app.admin().get("/journal");
    assertEquals("application/json", after.header("Content-Type"));
    assertEquals(before + 1, after.json().get("appended").longValue());
    for (String channel : new String[] {"email", "audit", "slack"}) {
      Await.until(
          channel + " catches up",
          PATIENCE,
          () -> {
            JsonNode now = app.admin().get("/journal").json().at("/channels/" + channel);
            return now.get("lagEntries").longValue() == 0 && now.get("delivered").longValue() > 0;
          });
    }
  }

  private static JsonNode listed(long id) {
    for (JsonNode key : app.admin().get("/keys").json().get("keys")) {
      if (key.get("id").longValue() == id) {
        return key;
      }
    }
    throw new AssertionError("key " + id + " is not listed");
  }
}
