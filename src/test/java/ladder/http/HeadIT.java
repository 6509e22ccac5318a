package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Request lines and headers that are refused, and what becomes of odd ones that are not. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class HeadIT {
  /** Or else the JDK\'s. */
  @Parameter private boolean ownEngine;

  private Served served;

  @BeforeEach
  void start() throws IOException {
    served = Served.patient(ownEngine);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void refusesTargetsThatAreNoAbsolutePaths() throws IOException {
    for (String target :
        List.of(
            "ftp://host/empty",
            "http:/empty",
            "http://host/empty#x",
            "/hello/%FF",
            "/query?a=%C3",
            "/\u00fc",
            "/query?a=1&a=2",
            "/empty#x")) {
      Served.problem(served.get(target), 400, "bad-request");
    }
    for (String target : List.of("/hello/%", "/hello/%zz")) { // the JDK sees these first
      assertEquals(400, served.get(target).status(), target);
    }
  }

  @Test
  void takesTheAbsoluteFormOfATarget() throws IOException {
    assertEquals("{\"hi\":\"a/b\"}", served.get("http://h/hello/a%2Fb").body());
    assertEquals("{\"a\":\"1 2\"}", served.get("HTTPS://h:1/query?a=1%202").body());
    served.awaitAnswered("/hello/{name}", "GET", 200);
  }

  @Test
  void refusesARequestForTwoHosts() throws IOException {
    Served.problem(
        served.one("GET /empty HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, "bad-request");
  }

  @Test
  void refusesAMalformedRequestLineAndCloses() throws IOException {
    try (RawHttp http = served.connect().send("GARBAGE\r\n\r\n")) {
      assertEquals(400, http.read().status());
      assertTrue(http.ended());
    }
  }

  @Test
  void refusesHeadersOverTheBound() throws IOException {
    Served.problem(
        served.one(
            "GET /empty HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(HeadCheck.BYTES_MAX) + "\r\n\r\n"),
        431,
        "headers-too-large");
    Served.problem(
        served.get("/empty?" + "a".repeat(HeadCheck.BYTES_MAX)), 431, "headers-too-large");
    Served.problem(
        served.one("GET /empty HTTP/1.1\r\nHost: a\r\n" + "X: a\r\n".repeat(101) + "\r\n"),
        431,
        "headers-too-large");
    assertEquals(
        200,
        served
            .one(
                "GET /empty HTTP/1.1\r\nHost: a\r\n"
                    + "X: "
                    + "a".repeat(HeadCheck.BYTES_MAX - 100)
                    + "\r\n\r\n")
            .status());
  }

  @Test
  void doesNotEchoALineBreakOutOfARequestId() throws IOException {
    for (String id : List.of("a\rSet-Cookie: b", "a\n\tSet-Cookie: b", "a\r\n Set-Cookie: b")) {
      Answer answer =
          served.one("GET /empty HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + id + "\r\n\r\n");
      // The JDK ends a header at a lone line break, so that what is left of the id may be sane.
      assertTrue(answer.header("X-Request-Id").matches("a|[0-9a-f]{16}"));
      assertFalse(answer.headers().containsKey("Set-Cookie"));
    }
  }

  @Test
  void refusesARequestWithoutAHost() throws IOException {
    Served.problem(served.one("GET /empty HTTP/1.1\r\n\r\n"), 400, "bad-request");
    assertEquals(200, served.one("GET /empty HTTP/1.0\r\n\r\n").status());
  }

  @Test
  void refusesProtocolsThatItDoesNotSpeak() throws IOException {
    for (String protocol : List.of("HTTP/2.0", "HTTP/1.2", "http/1.1", "FTP/1.1", "")) {
      Answer answer = served.one("GET /empty " + protocol + "\r\nHost: a\r\n\r\n");
      Served.problem(answer, 400, "bad-request");
    }
  }

  @Test
  void refusesControlCharactersInAHeaderAndCloses() throws IOException {
    for (String value : List.of("a\0b", "a\u0001", "a\u001b[31m", "\u007f")) {
      Answer answer = served.one("GET /empty HTTP/1.1\r\nHost: a\r\nX: " + value + "b\r\n\r\n");
      Served.problem(answer, 400, "bad-request");
      assertEquals("close", answer.header("Connection"));
    }
    assertEquals(
        200, served.one("GET /empty HTTP/1.1\r\nHost: a\r\nX: a\tb\u00fc\r\n\r\n").status());
  }
}
