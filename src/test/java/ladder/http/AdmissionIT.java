package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ladder.harness.Await;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is refused when too many requests are being handled, and who takes no place from others. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class AdmissionIT {
  /** Or else the JDK\'s. */
  @Parameter private boolean ownEngine;

  private static final int PLACES = 4;
  private static final int CROWD = 3 * PLACES;
  private static final String HELLO = "GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String BLOCK = "GET /block HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String HALF = " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1";

  @Test
  void shedsWhatIsOverTheBoundAndSaysSo() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 1, Served.PATIENCE);
        RawHttp blocked = served.connect().send(BLOCK);
        RawHttp shed = served.connect()) {
      awaitInflight(served, 1);
      Answer answer = shed.send(HELLO).read();
      assertEquals(503, answer.status());
      assertEquals("1", answer.header("Retry-After"));
      served.awaitAnswered("/hello/{name}", "GET", 503);
      assertEquals(new Listener.Stats(1, 1), served.listener.stats());
      served.release.countDown();
      assertEquals(200, blocked.read().status());
      awaitInflight(served, 0);
      assertEquals(200, shed.send(HELLO).read().status());
    }
  }

  @Test
  void refusesNothingOfPriorityAlways() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 1, Served.PATIENCE);
        RawHttp blocked = served.connect().send(BLOCK)) {
      awaitInflight(served, 1);
      assertEquals(200, served.get("/health").status());
      assertEquals(204, served.one("OPTIONS /health HTTP/1.1\r\nHost: a\r\n\r\n").status());
      assertEquals(404, served.get("/nothing").status());
      assertEquals(503, served.get("/empty").status());
      assertEquals(1, served.listener.stats().shed());
      served.release.countDown();
      assertEquals(200, blocked.read().status());
    }
  }

  @Test
  void aBodyThatIsStillArrivingTakesNoPlace() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, PLACES, Served.PATIENCE);
        Crowd crowd = new Crowd(served, "POST /echo" + HALF)) {
      assertEquals(200, served.get("/empty").status());
      for (RawHttp http : crowd.clients) {
        assertEquals("12345", http.send("2345").read().body());
      }
    }
  }

  @Test
  void anUnreadBodyThatIsDiscardedTakesNoPlace() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, PLACES, Served.PATIENCE);
        Crowd crowd = new Crowd(served, "OPTIONS /echo" + HALF)) {
      assertEquals(200, served.get("/empty").status());
      for (RawHttp http : crowd.clients) {
        assertEquals(204, http.read().status());
      }
    }
  }

  @Test
  void anAnswerThatIsNotReadTakesNoPlace() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, PLACES, Duration.ofMillis(100));
        Crowd _ = new Crowd(served, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50))) {
      assertEquals(200, served.get("/empty").status());
    }
  }

  @Test
  void refusesABodyThatArrivesWhenNoPlaceIsLeft() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 1, Served.PATIENCE);
        RawHttp slow = served.connect().send("POST /echo" + HALF)) {
      awaitInflight(served, 1);
      Await.until("its place is free", Served.PATIENCE, () -> blocks(served));
      Answer refused = slow.send("2345").read();
      assertEquals(503, refused.status());
      assertEquals("", refused.header("Connection"));
      served.awaitAnswered("/echo", "POST", 503);
      assertTrue(served.listener.stats().shed() > 0);
      served.release.countDown();
    }
  }

  /** Whether one that blocks could take the only place; it keeps it. */
  private static boolean blocks(Served served) {
    long shed = served.listener.stats().shed();
    try (RawHttp _ = served.connect().send(BLOCK)) {
      Await.until(
          "a place or a refusal",
          Served.PATIENCE,
          () -> served.blocked.get() > 0 || served.listener.stats().shed() > shed);
      return served.blocked.get() > 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitInflight(Served served, int wanted) {
    Await.until(
        wanted + " in flight", Served.PATIENCE, () -> served.listener.stats().inflight() == wanted);
  }

  /** More clients than there are places, which all let the server wait. */
  private static final class Crowd implements AutoCloseable {
    final List<RawHttp> clients = new ArrayList<>();

    Crowd(Served served, String request) throws IOException {
      for (int i = 0; i < CROWD; i++) {
        clients.add(served.connect().send(request));
      }
      awaitInflight(served, CROWD);
    }

    @Override
    public void close() throws IOException {
      for (RawHttp client : clients) {
        client.close();
      }
    }
  }
}
