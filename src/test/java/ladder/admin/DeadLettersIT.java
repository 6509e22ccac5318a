package ladder.admin;

import static ladder.harness.Problem.assertProblem;
import static ladder.harness.TestApp.sql;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.FakeSlack;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A receiver that refuses, and the operator who sees to it. */
class DeadLettersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private FakeSlack slack;
  private TestApp app;
  private JsonNode user;

  @BeforeEach
  void start() throws IOException {
    slack = new FakeSlack();
    slack.answerAll(400);
    app = TestApp.start(Map.of("LADDER_SLACK_WEBHOOK_URL", slack.url()));
    user = app.signUp("Ada");
  }

  @AfterEach
  void stop() throws IOException {
    app.close();
    slack.close();
  }

  @Test
  void showsWhatWasGivenUpAndWhy() {
    JsonNode letter = awaitLetter();
    Set<String> members = new TreeSet<>();
    letter.fieldNames().forEachRemaining(members::add);
    assertEquals(Set.of("id", "channel", "event", "attempts", "reason", "diedAt"), members);
    assertEquals("slack", letter.get("channel").textValue());
    assertEquals(1, letter.get("attempts").intValue());
    assertTrue(letter.get("reason").textValue().contains("400"), letter::toString);
    assertTrue(Instant.parse(letter.get("diedAt").textValue()).isAfter(Instant.EPOCH));
    JsonNode event = letter.get("event");
    assertEquals("user.signed_up", event.get("action").textValue());
    assertEquals(user.get("id"), event.get("userId"));
    assertEquals(user.get("email"), event.get("email"));
    assertEquals(36, UUID.fromString(event.get("id").textValue()).toString().length());
    assertTrue(Instant.parse(event.get("at").textValue()).isAfter(Instant.EPOCH));
    String metrics = app.admin().get("/metrics").text();
    assertTrue(metrics.contains("ladder_journal_dead_total{channel=\"slack\"} 1.0"));
  }

  @Test
  void deliversALetterAgainAndClosesIt() {
    JsonNode letter = awaitLetter();
    String path = "/journal/dead/" + letter.get("id").longValue();
    Answer failed = app.admin().send("POST", path + "/replay", null);
    assertTrue(assertProblem(503, failed).get("detail").textValue().contains("400"));
    assertEquals(letter.get("id"), awaitLetter().get("id"));

    slack.takeAll();
    Answer delivered = app.admin().send("POST", path + "/replay", null);
    assertEquals(200, delivered.status(), delivered::text);
    assertEquals(3, received());
    assertEquals(letter.get("id"), delivered.json().get("id"));
    assertTrue(delivered.json().get("delivered").booleanValue());
    assertFalse(hasLetter());
    String event = letter.at("/event/id").textValue();
    assertEquals(
        "1",
        sql(
            "SELECT count(*) FROM deliveries WHERE channel = 'slack' AND event_id = '%s'"
                .formatted(event)));
    assertProblem(404, app.admin().send("POST", path + "/replay", null));
    assertProblem(404, app.admin().delete(path));
    assertEquals(3, received());
  }

  @Test
  void ofManyReplaysAtTheSameTimeOneDelivers() throws Exception {
    String path = "/journal/dead/" + awaitLetter().get("id").longValue() + "/replay";
    slack.takeAll();
    try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Integer> replay = () -> app.admin().send("POST", path, null).status();
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> status : operators.invokeAll(Collections.nCopies(12, replay))) {
        statuses.add(status.get());
      }
      assertEquals(1, Collections.frequency(statuses, 200), statuses::toString);
      assertTrue(Set.of(200, 404, 503).containsAll(statuses), statuses::toString);
    }
    assertEquals(1, slack.taken().size());
    assertFalse(hasLetter());
  }

  @Test
  void givesALetterUpForGood() {
    String path = "/journal/dead/" + awaitLetter().get("id").longValue();
    assertEquals(204, app.admin().delete(path).status());
    assertFalse(hasLetter());
    assertProblem(404, app.admin().delete(path));
    assertProblem(404, app.admin().send("POST", path + "/replay", null));
    assertEquals(1, received());
  }

  @Test
  void refusesLettersThatAreNone() {
    assertProblem(404, app.admin().delete("/journal/dead/999999999999"));
    assertProblem(404, app.admin().send("POST", "/journal/dead/999999999999/replay", null));
    assertProblem(400, app.admin().delete("/journal/dead/x"));
    assertProblem(400, app.admin().send("POST", "/journal/dead/0/replay", null));
  }

  private JsonNode awaitLetter() {
    Await.until("a dead letter", PATIENCE, this::hasLetter);
    return letter();
  }

  private boolean hasLetter() {
    return letter() != null;
  }

  /** Of this test's user: others share the table. */
  private JsonNode letter() {
    for (JsonNode letter : app.admin().get("/journal/dead").json().get("dead")) {
      if (letter.at("/event/userId").equals(user.get("id"))) {
        return letter;
      }
    }
    return null;
  }

  private int received() {
    return slack.taken().size() + slack.refused();
  }
}
