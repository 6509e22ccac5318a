package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.Test;

/** When a connection of our own engine ends, and when it stays. */
class ConnectionIT {
  private static final String HELLO = "GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n";

  private final FakeClock clock = new FakeClock();

  private Served served() throws IOException {
    return new Served(true, Served.PATIENCE, 100, Served.PATIENCE, clock);
  }

  /** Lets time pass until the engine, which looks now and then, has ended all connections. */
  private void passTimeUntilEnded(Served served) {
    Await.until(
        "the connections end",
        Served.PATIENCE,
        () -> {
          clock.advance(Duration.ofSeconds(10));
          return !served.hasThreads();
        });
  }

  @Test
  void anIdleConnectionEnds() throws IOException {
    try (Served served = served();
        RawHttp silent = served.connect();
        RawHttp idle = served.connect()) {
      assertEquals(200, idle.send(HELLO).read().status());
      passTimeUntilEnded(served);
      assertTrue(idle.endedInOrder());
      assertTrue(silent.endedInOrder());
    }
  }

  @Test
  void aConnectionThatIsUsedStays() throws IOException {
    try (Served served = served();
        RawHttp used = served.connect()) {
      for (int i = 0; i < 5; i++) {
        assertEquals(200, used.send(HELLO).read().status());
        clock.advance(Duration.ofSeconds(70));
      }
    }
  }

  @Test
  void aHeadThatDoesNotEndIsNotWaitedForHoweverOftenAByteComes() throws IOException {
    try (Served served = served();
        RawHttp slow = served.connect().send("GET /hello/a HTTP/1.1\r\n")) {
      for (int i = 0; i < 100; i++) {
        slow.send("X: a\r\n");
      }
      passTimeUntilEnded(served);
      assertTrue(slow.ended());
      assertEquals(0, served.answered.size(), "it was no request");
    }
  }

  @Test
  void aClientThatDoesNotReadLosesItsConnection() throws IOException {
    try (Served served = served();
        RawHttp _ = served.connect().send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n")) {
      Await.until("it is answered", Served.PATIENCE, () -> served.blocked.get() == 1);
      passTimeUntilEnded(served);
      served.awaitAnswered("/huge", "GET", 499);
    }
  }

  @Test
  void aHandlerMayTakeLongerThanAnyOfThese() throws IOException {
    try (Served served = served();
        RawHttp http = served.connect().send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n")) {
      Await.until("it is handled", Served.PATIENCE, () -> served.blocked.get() == 1);
      clock.advance(Duration.ofMinutes(10));
      served.release.countDown();
      assertEquals(200, http.read().status());
    }
  }

  @Test
  void whoIsRefusedForTheHeadCanReadItHoweverMuchIsStillSent() throws IOException {
    try (Served served = served()) {
      for (String bad :
          List.of("GARBAGE\r\n" + "x".repeat(300_000), "GET /" + "x".repeat(300_000))) {
        try (RawHttp http = served.connect().send(bad)) {
          Answer answer = http.read();
          assertEquals(bad.startsWith("GARBAGE") ? 400 : 431, answer.status());
          assertEquals("close", answer.header("Connection"));
          assertEquals("application/problem+json", answer.header("Content-Type"));
          assertTrue(http.endedInOrder());
        }
      }
      served.awaitAnswered("none", "OTHER", 431);
    }
  }

  @Test
  void closesAsTheClientAsks() throws IOException {
    try (Served served = served();
        RawHttp kept = served.connect();
        RawHttp old = served.connect();
        RawHttp closed = served.connect()) {
      String keep = "GET /hello/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
      assertEquals("keep-alive", kept.send(keep).read().header("Connection"));
      assertEquals("keep-alive", kept.send(keep).read().header("Connection"));
      assertEquals("close", old.send("GET /hello/a HTTP/1.0\r\n\r\n").read().header("Connection"));
      assertTrue(old.endedInOrder());
      String close = "GET /hello/a HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n";
      assertEquals("close", closed.send(close).read().header("Connection"));
      assertTrue(closed.endedInOrder());
    }
  }

  @Test
  void streamsToAnOldClientUntilTheConnectionEnds() throws IOException {
    try (Served served = served();
        RawHttp http = served.connect()) {
      http.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      Answer head = http.read();
      assertEquals("", head.header("Transfer-Encoding"));
      assertEquals("close", head.header("Connection"));
    }
  }
}
