package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import ladder.harness.Await;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that is written bit by bit. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class StreamIT {
  /** Or else the JDK\'s. */
  @Parameter private boolean ownEngine;

  private static final String STREAM = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String HELLO = "GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n";

  @Test
  void sendsEachPartWhenItIsFlushed() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect().send(STREAM)) {
      Answer head = http.read();
      assertEquals(200, head.status());
      assertEquals("text/event-stream", head.header("Content-Type"));
      assertEquals("chunked", head.header("Transfer-Encoding"));
      assertEquals(1, served.release.getCount(), "the stream goes on");
    }
  }

  @Test
  void answersAHeadRequestWithoutStreaming() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect()) {
      http.send(STREAM.replace("GET", "HEAD"));
      assertEquals("text/event-stream", http.read(true).header("Content-Type"));
      assertEquals(200, http.send(HELLO).read().status());
      assertEquals(0, served.blocked.get());
    }
  }

  @Test
  void isObservedOnceItsHeadIsSentAndHoldsNoPlace() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 1, Served.PATIENCE);
        RawHttp http = served.connect().send(STREAM)) {
      assertEquals(200, http.read().status());
      served.awaitAnswered("/stream", "GET", 200);
      assertEquals(0, served.listener.stats().inflight());
      assertEquals(200, served.get("/hello/a").status());
    }
  }

  @Test
  void endsWhenItsClientLeaves() throws IOException {
    try (Served served = Served.patient(ownEngine)) {
      try (RawHttp http = served.connect().send(STREAM)) {
        assertEquals(200, http.read().status());
      }
      served.release.countDown();
      served.awaitNoThreads();
      assertEquals(1, served.answered.size(), "observed once");
    }
  }

  @Test
  void closingWaitsNeitherForAStreamNorForAClientThatDoesNotRead() throws IOException {
    try (Served served = new Served(ownEngine, Served.PATIENCE, 10, Duration.ofMinutes(10));
        RawHttp waiting = served.connect().send(STREAM)) {
      assertEquals(200, waiting.read().status());
      served.listener.close();
      assertEquals(1, served.interrupted.get());
      served.awaitNoThreads();
    }
    try (Served served = new Served(ownEngine, Served.PATIENCE, 10, Duration.ofMinutes(10));
        RawHttp unread = served.connect().send(STREAM)) {
      Await.until("it streams", Served.PATIENCE, () -> served.blocked.get() == 1);
      served.release.countDown();
      try (RawHttp other = served.connect()) { // which the first does not hold up
        assertEquals(200, other.send(HELLO).read().status());
      }
      served.listener.close();
      served.awaitNoThreads();
      assertEquals(200, unread.read().status());
    }
  }
}
