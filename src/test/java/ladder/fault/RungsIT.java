package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.OwnDatabase;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever rung is off, the service is the same; only slower, or without a limit. */
class RungsIT {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "pool,replica,background,limit",
        "cache,replica,background,limit",
        "cache,pool,background,limit",
        "cache,pool,replica,limit",
        "cache,pool,replica,background"
      })
  void servesWith(String rungs) throws Exception {
    try (LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("data"), database.settings("LADDER_RUNGS", rungs));
        LadderClient client = ladder.client(ladder.createKey("rungs", 12))) {
      Answer signedUp = client.signUp(rungs.replace(',', '-') + "@example.com");
      assertEquals(201, signedUp.status(), signedUp::toString);
      String user = signedUp.header("Location");
      assertEquals(signedUp.body(), client.get(user).body());
      boolean cached = client.get(user).header("Cache-Status").equals("ladder; hit");
      assertEquals(rungs.contains("cache"), cached);
      String order = "{\"item\":\"rung\",\"quantity\":2,\"unitPriceCents\":5}";
      assertEquals(201, client.post(user + "/orders", order).status());
      assertEquals(1, LadderClient.json(client.get(user + "/orders")).get("orders").size());
      Await.until("all effects", LIMIT, () -> deliveries(user) == 3);
      int refused = 0;
      for (int i = 0; i < 12; i++) {
        refused += client.get(user).status() == 429 ? 1 : 0;
      }
      assertEquals(rungs.contains("limit") ? 5 : 0, refused);
      ladder.terminate();
      assertEquals(0, ladder.exitCode());
      assertEquals(0, ladder.errors().size(), ladder::toString);
      assertTrue(
          ladder.output().stream().noneMatch(line -> line.contains("ERROR")), ladder::toString);
    }
  }

  private static int deliveries(String user) {
    try {
      return Integer.parseInt(
          Connect.query(
              database.url(),
              """
              SELECT count(*) FROM deliveries JOIN audit_log USING (event_id)
              WHERE user_id = %s
              """
                  .formatted(user.substring("/users/".length()))));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
