package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.OwnDatabase;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SIGTERM under load: first unready, then closed, and whoever was being served is answered. */
class SigtermIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static OwnDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = new OwnDatabase();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void answersWhateverItAcceptedAndLeavesNothingUndone() throws Exception {
    try (LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("data"),
                database.settings("LADDER_DRAIN_DELAY", "1s", "LADDER_DRAIN_TIMEOUT", "20s"));
        LadderClient probe = ladder.admin();
        RawHttp slow = new RawHttp(ladder.port(), LIMIT)) {
      String key = ladder.createKey();
      assertEquals(200, probe.get("/health/ready").status());
      beginSignUp(slow, key);
      try (Load load =
          new Load(
              ladder.port(),
              key,
              8,
              (client, n) -> client.signUp("drained%d@example.com".formatted(n)))) {
        load.awaitMore(100);
        ladder.terminate();
        Await.until("unreadiness", LIMIT, () -> ready(ladder) == 503);
        // Whoever has not heard of it is served on.
        load.awaitMore(20);
        Await.until("a closed port", LIMIT, () -> isClosed(ladder.port()));
        assertTrue(ladder.isAlive());
        Answer finished = slow.send("\"name\":\"Slow\"}").read();
        assertEquals(201, finished.status(), finished::toString);
        assertEquals("close", finished.header("Connection"));
        Await.until("the end", LIMIT, () -> !ladder.isAlive());
        assertEquals(List.of(), load.stop().answersBut(201));
        for (String failure : load.failures()) {
          assertTrue(failure.contains(ConnectException.class.getName()), failure);
        }
        int answered = load.answers().size() + 1;
        assertEquals(answered, count("users"));
        assertEquals(answered, count("audit_log"));
        assertEquals(3 * answered, count("deliveries"));
      }
      assertEquals(0, ladder.exitCode(), ladder::toString);
      assertEquals(List.of(), ladder.errors());
    }
  }

  @Test
  void aSecondSigtermStopsAtOnce() throws Exception {
    try (LadderProcess ladder =
        LadderProcess.start(
            LadderProcess.scratch("data"), database.settings("LADDER_DRAIN_DELAY", "5m"))) {
      ladder.terminate();
      Await.until("unreadiness", LIMIT, () -> ready(ladder) == 503);
      // One that follows at once may be the echo of the first, so it takes a few.
      Await.until(
          "the end",
          LIMIT,
          () -> {
            ladder.terminate();
            return !ladder.isAlive();
          });
      assertFalse(ladder.exitCode() == 0);
    }
  }

  /** All of a sign-up but the last bytes of its body. */
  private static void beginSignUp(RawHttp http, String key) throws IOException {
    RawHttp _ =
        http.send(
            """
            POST /signup HTTP/1.1\r
            Host: a\r
            Authorization: Bearer %s\r
            Content-Type: application/json\r
            Content-Length: 42\r
            \r
            {"email":"slow@example.com",\
            """
                .formatted(key));
  }

  private static boolean isClosed(int port) {
    try (RawHttp accepted = new RawHttp(port, LIMIT)) {
      return accepted == null;
    } catch (IOException e) {
      return true;
    }
  }

  private static int ready(LadderProcess ladder) {
    try (LadderClient admin = ladder.admin()) {
      return admin.get("/health/ready").status();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int count(String table) throws Exception {
    return Integer.parseInt(Connect.query(database.url(), "SELECT count(*) FROM " + table));
  }
}
