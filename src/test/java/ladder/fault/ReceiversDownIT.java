package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.FakeSlack;
import ladder.harness.FakeSmtp;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.OwnDatabase;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Mail server and Slack are away, ill, or refuse: sign-ups don't notice and nothing is lost. */
class ReceiversDownIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static OwnDatabase database;
  private static FakeSmtp smtp;
  private static FakeSlack slack;
  private static LadderProcess ladder;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    database = new OwnDatabase();
    smtp = new FakeSmtp();
    slack = new FakeSlack();
    ladder =
        LadderProcess.start(
            LadderProcess.scratch("data"),
            database.settings(
                "LADDER_SMTP_URL",
                smtp.url(),
                "LADDER_SLACK_WEBHOOK_URL",
                slack.url(),
                "LADDER_RETRY_MIN",
                "50ms",
                "LADDER_RETRY_MAX",
                "200ms"));
    key = ladder.createKey();
  }

  @AfterAll
  static void stop() throws Exception {
    ladder.close();
    slack.close();
    smtp.close();
    database.close();
  }

  @Test
  void deliversOnceToReceiversThatComeBackAndBuriesWhatTheyRefuse() throws Exception {
    slack.answerAll(500);
    Set<String> waiting = signUp("waiting", 20);
    Await.until("the audit log, which waits for nobody", LIMIT, () -> delivered("audit") == 20);
    Await.until("tries of Slack", LIMIT, () -> slack.refused() >= 4);
    smtp.answerAll("451 not now");
    smtp.open();
    Await.until("tries of the mail server", LIMIT, () -> smtp.refused() >= 4);
    assertEquals(0, delivered("email") + delivered("slack"));
    smtp.takeAll();
    slack.takeAll();
    Await.until("all mails", LIMIT, () -> delivered("email") == 20);
    Await.until("all messages", LIMIT, () -> delivered("slack") == 20);
    assertEquals(20, smtp.taken().size());
    assertEquals(waiting, new TreeSet<>(smtp.taken()));
    assertEquals(20, slack.taken().size());

    smtp.refuse("nobody");
    slack.refuse("nobody");
    Set<String> refused = signUp("nobody", 3);
    Set<String> after = signUp("after", 5);
    Await.until("dead letters", LIMIT, () -> dead().size() == 6);
    Await.until("mails to the others", LIMIT, () -> smtp.taken().containsAll(after));
    Await.until("messages of the others", LIMIT, () -> delivered("slack") == 25);
    for (JsonNode letter : dead()) {
      String id = letter.get("id").asText();
      try (LadderClient admin = ladder.admin()) {
        Answer again = admin.post("/journal/dead/" + id + "/replay", "");
        assertEquals(503, again.status(), again::toString);
      }
    }
    smtp.takeAll();
    slack.takeAll();
    for (JsonNode letter : dead()) {
      String id = letter.get("id").asText();
      try (LadderClient admin = ladder.admin()) {
        Answer replayed = admin.post("/journal/dead/" + id + "/replay", "");
        assertEquals(200, replayed.status(), replayed::toString);
        assertEquals(404, admin.post("/journal/dead/" + id + "/replay", "").status());
      }
    }
    assertEquals(0, dead().size());
    assertEquals(28, delivered("email"));
    assertEquals(28, delivered("slack"));
    assertEquals(28, smtp.taken().size());
    assertTrue(smtp.taken().containsAll(refused));
    assertEquals(28, slack.taken().size());

    smtp.defer("grey");
    Set<String> grey = signUp("grey", 5);
    Set<String> others = signUp("other", 20);
    Await.until("mails to the others", LIMIT, () -> smtp.taken().containsAll(others));
    assertTrue(smtp.taken().stream().noneMatch(grey::contains), "deferred");
    assertEquals(0, dead().size());
    smtp.takeAll();
    Await.until("mails that were deferred", LIMIT, () -> smtp.taken().containsAll(grey));
    assertEquals(53, smtp.taken().size());
  }

  private static Set<String> signUp(String name, int count) throws IOException {
    try (LadderClient client = ladder.client(key)) {
      Set<String> emails =
          IntStream.range(0, count)
              .mapToObj(i -> "%s%d@example.com".formatted(name, i))
              .collect(Collectors.toCollection(TreeSet::new));
      for (String email : emails) {
        assertEquals(201, client.signUp(email).status());
      }
      return emails;
    }
  }

  private static JsonNode dead() {
    try (LadderClient admin = ladder.admin()) {
      return LadderClient.json(admin.get("/journal/dead")).get("dead");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int delivered(String channel) {
    try {
      return Integer.parseInt(
          Connect.query(
              database.url(),
              "SELECT count(*) FROM deliveries WHERE channel = '%s'".formatted(channel)));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
