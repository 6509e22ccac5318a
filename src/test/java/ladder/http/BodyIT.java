package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are slow, broken off, too large, malformed or not wanted. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class BodyIT {
  /** Or else the JDK\'s. */
  @Parameter private boolean ownEngine;

  private static final String POST = post("/echo", "Content-Length: 10");

  @Test
  void answersASlowBodyWith408AndEndsConnectionAndReader() throws IOException {
    try (Served served = impatient()) {
      for (String slow :
          List.of(POST + "12345", POST, chunked("/echo") + "5\r\n123", chunked("/echo"))) {
        try (RawHttp http = served.connect().send(slow)) {
          Answer answer = http.read();
          assertEquals(408, answer.status());
          assertEquals("close", answer.header("Connection"));
          assertTrue(answer.body().contains("urn:ladder:problem:timeout"));
          assertTrue(http.endedInOrder());
        }
      }
      served.awaitAnswered("/echo", "POST", 408);
      served.awaitNoThreads();
    }
  }

  @Test
  void tellsAStubbornHandlerTheSameTwice() throws IOException {
    try (Served served = impatient()) {
      String head = post("/stubborn", "Content-Length: 10");
      try (RawHttp http = served.connect().send(head + "12345")) {
        assertEquals(408, http.read().status());
      }
      String large = chunked("/stubborn") + "11170\r\n" + "a".repeat(70_000) + "\r\n0\r\n\r\n";
      try (RawHttp http = served.connect().send(large)) {
        assertEquals(413, http.read().status());
      }
      served.awaitNoThreads();
    }
  }

  @Test
  void doesNotAnswerAClientThatLeftHalfway() throws IOException {
    try (Served served = Served.patient(ownEngine)) {
      for (String half : List.of(POST + "12345", chunked("/echo") + "5\r\n123")) {
        try (RawHttp http = served.connect()) {
          http.send(half);
        }
      }
      served.awaitAnswered("/echo", "POST", 499);
      served.awaitNoThreads();
      assertEquals(0, served.listener.stats().inflight());
    }
  }

  @Test
  void refusesALargeBodyAndLetsTheSenderReadIt() throws IOException {
    try (Served served = Served.patient(ownEngine)) {
      String large = post("/echo", "Content-Length: 500000") + "a".repeat(500_000);
      String chunks =
          chunked("/echo") + ("100\r\n" + "a".repeat(256) + "\r\n").repeat(1_000) + "0\r\n\r\n";
      for (String body : List.of(large, chunks)) {
        try (RawHttp http = served.connect().send(body)) {
          Answer answer = http.read();
          assertEquals(413, answer.status());
          assertEquals("close", answer.header("Connection"));
          assertTrue(http.endedInOrder());
        }
      }
      served.awaitAnswered("/echo", "POST", 413);
    }
  }

  @Test
  void refusesALargeBodyBeforeItIsSent() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect()) {
      http.send(post("/echo", "Content-Length: 9000000000"));
      assertEquals(413, http.read().status());
      served.awaitAnswered("/echo", "POST", 413);
      assertEquals(0, served.listener.stats().inflight());
      assertTrue(http.ended());
      served.awaitNoThreads();
    }
  }

  @Test
  void readsBodiesUpToTheBound() throws IOException {
    String most = "a".repeat(Body.BYTES_MAX);
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect()) {
      String head =
          "POST /echo HTTP/1.1\r\nHost: a\r\n" + "Content-Length: " + most.length() + "\r\n\r\n";
      assertEquals(most, http.send(head + most).read().body());
      http.send(head + most.substring(1));
      assertEquals(most, http.send("a").read().body());
      http.send(chunked("/echo") + "ffff\r\n" + most.substring(1) + "\r\n1;x=y\r\na\r\n0\r\n\r\n");
      assertEquals(most, http.read().body());
      assertEquals("", http.send(chunked("/echo") + "0\r\n\r\n").read().body());
      assertEquals("", http.send("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n").read().body());
      assertEquals(
          "1",
          http.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + "Content-Length: 1\r\n\r\n1")
              .read()
              .body());
    }
  }

  @Test
  void refusesMalformedFramingAndCloses() throws IOException {
    try (Served served = Served.patient(ownEngine)) {
      for (String bad :
          List.of(
              chunked("/echo") + "xyz\r\n",
              chunked("/echo") + "fffffffe\r\naaaa",
              chunked("/echo") + "1\r\naGET",
              chunked("/unread") + "0\r\nX: smuggled\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n",
              "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n12345",
              post("/echo", "Content-Length: -5"),
              post("/echo", "Content-Length: 5\r\nContent-Length: 6") + "123456",
              post("/echo", "Content-Length: 5\r\nTransfer-Encoding: chunked"))) {
        try (RawHttp http = served.connect().send(bad)) {
          Answer answer = http.read();
          assertEquals(bad.contains("/unread") ? 200 : 400, answer.status(), bad);
          assertEquals("close", answer.header("Connection"), bad);
          assertTrue(http.ended(), bad);
        }
      }
      served.awaitNoThreads();
    }
  }

  @Test
  void keepsTheConnectionAfterASmallUnreadBody() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect()) {
      for (String path : List.of("/unread", "/unread-none", "/nothing", "/none")) {
        Answer answer = http.send(post(path, "Content-Length: 4") + "GET ").read();
        assertEquals("", answer.header("Connection"), path);
      }
      http.send(post("/unread", "Content-Length: 4"));
      assertEquals(200, http.read().status());
      assertEquals("1", http.send("1234" + post("/echo", "Content-Length: 1") + "1").read().body());
    }
  }

  @Test
  void closesTheConnectionAfterALargeOrEndlessUnreadBody() throws IOException {
    try (Served served = Served.patient(ownEngine)) {
      for (String head : List.of(post("/unread", "Content-Length: 70000"), chunked("/unread"))) {
        try (RawHttp http = served.connect().send(head)) {
          Answer answer = http.read();
          assertEquals(200, answer.status());
          assertEquals("close", answer.header("Connection"));
          assertTrue(http.ended());
        }
      }
      served.awaitNoThreads();
    }
  }

  @Test
  void answersBeforeASlowUnreadBodyEnds() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect();
        RawHttp none = served.connect()) {
      http.send("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n1");
      none.send("POST /unread-none HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n1");
      assertEquals(200, http.read().status());
      assertEquals(204, none.read().status());
      assertTrue(http.ended());
      assertTrue(none.ended());
      served.awaitNoThreads();
    }
  }

  @Test
  void insistsOnJson() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect()) {
      for (String bad :
          List.of(
              "",
              "Content-Type: text/plain\r\n",
              "Content-Type: application/json; charset=latin1\r\n",
              "Content-Type: application/json; charset=utf-8x\r\n",
              "Content-Type: application/json; v=1; charset=latin1\r\n",
              "Content-Type: application/json" + ";".repeat(7_000) + " charset=latin1\r\n",
              "Content-Type: application/jsonx\r\n",
              "Content-Type: text/json+json\r\n")) {
        assertEquals(415, http.send(json(bad, "{\"name\":\"a\"}")).read().status(), bad);
      }
      for (String good :
          List.of(
              "application/json",
              "Application/JSON; charset=UTF-8",
              "application/json;charset=\"utf-8\"",
              "application/json ; charset=utf-8 ; v=1",
              "application/merge-patch+json")) {
        Answer answer =
            http.send(json("Content-Type: " + good + "\r\n", "{\"name\":\"a\"}")).read();
        assertEquals(200, answer.status(), good);
      }
      Answer wrong = http.send(json("Content-Type: application/json\r\n", "{\"name\":1}")).read();
      assertEquals(422, wrong.status());
      assertTrue(
          wrong
              .body()
              .contains("\"errors\":[{\"field\":\"name\",\"message\":\"must be a string\"}]"),
          wrong.body());
    }
  }

  @Test
  void saysContinueToWhoExpectsIt() throws IOException {
    try (Served served = Served.patient(ownEngine);
        RawHttp http = served.connect()) {
      http.send(post("/echo", "Content-Length: 2\r\nExpect: 100-continue"));
      assertEquals(100, http.read().status());
      assertEquals("12", http.send("12").read().body());
      assertFalse(served.listener.draining);
    }
  }

  private Served impatient() throws IOException {
    return new Served(ownEngine, Duration.ofMillis(150), 100, Served.PATIENCE);
  }

  private static String chunked(String path) {
    return post(path, "Transfer-Encoding: chunked");
  }

  private static String post(String path, String headers) {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n\r\n";
  }

  private static String json(String header, String body) {
    return "POST /json HTTP/1.1\r\nHost: a\r\n"
        + header
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
