package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import ladder.harness.Await;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Draining and closing. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class DrainIT {
  /** Or else the JDK\'s. */
  @Parameter private boolean ownEngine;

  private static final String BLOCK = "GET /block HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String HELLO = "GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n";

  @Test
  void announcesDrainingOnEveryAnswer() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect();
        RawHttp fresh = served.connect()) {
      assertEquals("", http.send(HELLO).read().header("Connection"));
      served.listener.drain();
      assertEquals("close", http.send(HELLO).read().header("Connection"));
      assertTrue(http.endedInOrder());
      Answer none = fresh.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertEquals("close", none.header("Connection"));
    }
  }

  @Test
  void finishesWhatIsBeingHandledAndRefusesNewConnections() throws Exception {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect().send(BLOCK)) {
      awaitInflight(served, 1);
      Thread closing = Thread.ofPlatform().start(served.listener::close);
      Await.until("the port is closed", Served.PATIENCE, () -> isClosed(served));
      served.release.countDown();
      Answer answer = http.read();
      assertEquals(200, answer.status());
      assertEquals("close", answer.header("Connection"));
      assertTrue(closing.join(Served.PATIENCE));
      served.awaitNoThreads();
    }
  }

  @Test
  void interruptsWhatOutlivesTheBound() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 10, Duration.ofMillis(200));
        RawHttp http = served.connect().send(BLOCK)) {
      awaitInflight(served, 1);
      served.listener.close();
      assertEquals(1, served.interrupted.get());
      assertTrue(http.ended());
      served.awaitNoThreads();
    }
  }

  @Test
  void doesNotWaitForClientsThatLeft() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 10, Duration.ofMinutes(10))) {
      try (RawHttp http = served.connect()) {
        http.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1");
        awaitInflight(served, 1);
      }
      served.awaitAnswered("/echo", "POST", 499);
      served.listener.close();
      served.listener.close();
      served.awaitNoThreads();
    }
  }

  @Test
  void closesWithoutHavingStarted() {
    Duration second = Duration.ofSeconds(1);
    new Listener(
            new Listener.Options(
                "idle",
                0,
                "127.0.0.1",
                1,
                "LADDER_",
                second,
                java.util.List.of(),
                second,
                ownEngine),
            new Router(java.util.List.of()),
            _ -> {},
            Clock.system())
        .close();
  }

  @Test
  void survivesAClientThatDoesNotReadItsAnswer() throws IOException {
    try (Served served = Served.patient(ownEngine)) {
      try (RawHttp http = served.connect()) {
        http.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
      }
      served.awaitNoThreads();
      assertEquals(0, served.listener.stats().inflight());
      try (RawHttp http = served.connect()) {
        assertEquals(200, http.send(HELLO).read().status());
      }
    }
  }

  private static void awaitInflight(Served served, int wanted) {
    Await.until(
        wanted + " in flight", Served.PATIENCE, () -> served.listener.stats().inflight() == wanted);
  }

  private static boolean isClosed(Served served) {
    try (RawHttp accepted = served.connect()) {
      return accepted == null;
    } catch (IOException e) {
      return true;
    }
  }
}
