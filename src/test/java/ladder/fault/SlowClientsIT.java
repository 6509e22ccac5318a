package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ladder.harness.Await;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.OwnDatabase;
import ladder.harness.RawHttp;
import org.junit.jupiter.api.Test;

/** Clients that send slowly, stop half-way or leave cost nobody else anything. */
class SlowClientsIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int CLIENTS = 100;
  private static final int PLACES = 64;
  private static final String HALF_A_HEAD = "GET /users/1 HTTP/1.1\r\nHost: slo";

  @Test
  void othersAreServed() throws Exception {
    List<RawHttp> slow = new ArrayList<>();
    try (OwnDatabase database = new OwnDatabase();
        LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("data"), database.settings("LADDER_BODY_TIMEOUT", "1s"));
        LadderClient client = ladder.client(ladder.createKey())) {
      String user = client.signUp("quick@example.com").header("Location");
      String halfABody = halfABody(ladder.createKey());
      for (int i = 0; i < CLIENTS; i++) {
        slow.add(new RawHttp(ladder.port(), LIMIT).send(halfABody));
        slow.add(new RawHttp(ladder.port(), LIMIT).send(HALF_A_HEAD));
        try (RawHttp gone = new RawHttp(ladder.port(), LIMIT)) {
          RawHttp _ = gone.send(halfABody);
        }
      }
      try (Load reads = Load.reading(ladder, ladder.createKey(), 8, user)) {
        reads.awaitMore(300);
        for (int i = 0; i < slow.size(); i += 2) {
          assertEquals(408, slow.get(i).read().status());
        }
        reads.awaitMore(300);
        assertEquals(List.of(), reads.stop().answersBut(200));
        assertEquals(List.of(), reads.failures());
      }
      Await.until("nothing in flight", LIMIT, () -> inflight(ladder) == 0);
    } finally {
      for (RawHttp http : slow) {
        http.close();
      }
    }
  }

  @Test
  void clientsThatSendNoBodyTakeNoPlaces() throws Exception {
    holdsNoPlaces("OPTIONS /signup HTTP/1.1\r\nHost: slow\r\nContent-Length: 100\r\n\r\n", 200);
  }

  @Test
  void clientsThatReadNoAnswersTakeNoPlaces() throws Exception {
    holdsNoPlaces("GET /openapi.json HTTP/1.1\r\nHost: slow\r\n\r\n".repeat(800), 80);
  }

  /** So many clients that send this and then stall are in nobody's way. */
  private static void holdsNoPlaces(String request, int clients) throws Exception {
    List<RawHttp> slow = new ArrayList<>();
    try (OwnDatabase database = new OwnDatabase();
        LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("data"),
                database.settings("LADDER_INFLIGHT_MAX", Integer.toString(PLACES)));
        LadderClient client = ladder.client(ladder.createKey())) {
      String user = client.signUp("quick@example.com").header("Location");
      for (int i = 0; i < clients; i++) {
        slow.add(new RawHttp(ladder.port(), LIMIT).send(request));
      }
      Await.until("a crowd", LIMIT, () -> inflight(ladder) >= PLACES);
      assertEquals(200, client.get("/health/ready").status());
      assertEquals(200, client.get(user).status());
      assertEquals(201, client.signUp("second@example.com").status());
    } finally {
      for (RawHttp http : slow) {
        http.close();
      }
    }
  }

  private static String halfABody(String key) {
    return """
        POST /signup HTTP/1.1\r
        Host: a\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: 100\r
        \r
        {"email":"slow@ex\
        """
        .formatted(key);
  }

  private static int inflight(LadderProcess ladder) {
    try (LadderClient admin = ladder.admin()) {
      return LadderClient.json(admin.get("/stats")).get("http").get("inflight").asInt();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
