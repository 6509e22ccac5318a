package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What every answer carries, and what each kind of outcome becomes. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class ListenerIT {
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
  void answersAFaultWithAProblemThatRevealsNothing() throws IOException {
    for (String path : List.of("/fault", "/error", "/null", "/bad-header", "/bad-answer")) {
      Answer answer = served.get(path);
      Served.problem(answer, 500, "internal");
      assertFalse(answer.body().contains("secret"), answer.body());
      assertFalse(answer.body().contains("Exception"), answer.body());
      assertFalse(answer.headers().containsKey("Set-Cookie"));
      served.awaitAnswered(path, "GET", 500);
    }
  }

  @Test
  void answersUnknownPathsWith404() throws IOException {
    for (String path : List.of("/", "/nothing", "/hello", "/hello/", "/hello//", "//hello/a")) {
      Served.problem(served.get(path), 404, "not-found");
    }
    served.awaitAnswered("none", "GET", 404);
    assertEquals(404, served.get("//empty").status()); // the JDK takes it for a host without a path
  }

  @Test
  void answersOtherMethodsWith405AndAllow() throws IOException {
    for (String method : List.of("DELETE", "BREW", "get", "TRACE")) {
      Answer answer = served.one(method + " /hello/a HTTP/1.1\r\nHost: a\r\n\r\n");
      Served.problem(answer, 405, "method-not-allowed");
      assertEquals("GET, HEAD, OPTIONS", answer.header("Allow"));
    }
    served.awaitAnswered("none", "OTHER", 405);
  }

  @Test
  void answersOptionsWithAllow() throws IOException {
    Answer answer = served.one("OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    assertEquals(204, answer.status());
    assertEquals("OPTIONS, POST", answer.header("Allow"));
    assertFalse(answer.headers().containsKey("Content-Length"));
  }

  @Test
  void decodesWhatHandlersAskFor() throws IOException {
    assertEquals("{\"hi\":\"a/b\u00c3\u00bc\"}", served.get("/hello/a%2Fb%C3%BC").body());
    assertEquals("{\"a\":\"1 2\",\"b\":\"&\"}", served.get("/query?a=1+2&b=%26").body());
    assertEquals("{\"a\":\"1?2\"}", served.get("/query?a=1?2").body());
  }

  @Test
  void carriesIdAndTimingOnEveryAnswer() throws IOException {
    for (String path : List.of("/hello/a", "/none", "/same", "/nothing", "/fault", "/empty")) {
      Answer answer = served.get(path);
      assertTrue(answer.header("X-Request-Id").matches("[0-9a-f]{16}"), path);
      assertTrue(answer.header("Server-Timing").matches("total;dur=[0-9.]+"), path);
      assertFalse(answer.header("Date").isEmpty());
    }
    Answer marked = served.get("/marked");
    Served.problem(marked, 409, "conflict");
    assertEquals("r=1", marked.header("RateLimit"));
    assertTrue(marked.header("Server-Timing").startsWith("db;dur="));
  }

  @Test
  void echoesASaneRequestIdAndAValidTraceparent() throws IOException {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Answer answer =
        served.one(
            "GET /fault HTTP/1.1\r\nHost: a\r\n"
                + "X-Request-Id: a-1.b_2\r\ntraceparent: "
                + trace
                + "\r\n\r\n");
    assertEquals("a-1.b_2", answer.header("X-Request-Id"));
    assertEquals("a-1.b_2", Served.problem(answer, 500, "internal").get("requestId").asText());
    assertEquals(trace, answer.header("traceparent"));
    assertEquals(
        "",
        served
            .one("GET /empty HTTP/1.1\r\nHost: a\r\n" + "traceparent: " + trace + "0\r\n\r\n")
            .header("traceparent"));
  }

  @Test
  void answersHeadAsGetWithoutItsBody() throws IOException {
    try (RawHttp http = served.connect()) {
      Answer head = http.send("HEAD /hello/a HTTP/1.1\r\nHost: a\r\n\r\n").read(true);
      assertEquals("10", head.header("Content-Length"));
      assertEquals("application/json", head.header("Content-Type"));
      assertEquals(
          "300000",
          http.send("HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n").read(true).header("Content-Length"));
      Answer missing = http.send("HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n").read(true);
      assertEquals(404, missing.status());
      assertNotEquals("0", missing.header("Content-Length"));
      assertEquals(
          "{\"hi\":\"b\"}", http.send("GET /hello/b HTTP/1.1\r\nHost: a\r\n\r\n").read().body());
    }
    served.awaitAnswered("/hello/{name}", "HEAD", 200);
  }

  @Test
  void sendsNoLengthWhereNoBodyCanBe() throws IOException {
    try (RawHttp http = served.connect()) {
      Answer none = http.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertFalse(none.headers().containsKey("Content-Length"));
      Answer same = http.send("GET /same HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertEquals(304, same.status());
      assertEquals("\"1\"", same.header("ETag"));
      Answer empty = http.send("GET /empty HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertEquals("0", empty.header("Content-Length"));
      assertEquals("", empty.header("Transfer-Encoding"));
      assertEquals(
          300_000, http.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n").read().body().length());
    }
  }

  @Test
  void servesPipelinedRequestsInOrder() throws IOException {
    try (RawHttp http = served.connect()) {
      String first = "GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n";
      String second = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1";
      String third = "GET /hello/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
      http.send(first + second + third);
      assertEquals("{\"hi\":\"a\"}", http.read().body());
      assertEquals("1", http.read().body());
      assertEquals("{\"hi\":\"b\"}", http.read().body());
      assertTrue(http.endedInOrder());
    }
  }

  @Test
  void believesForwardedForOnlyAsFarAsProxiesAreTrusted() throws IOException {
    assertEquals("\"127.0.0.1\"", served.get("/client").body());
    String forwarded = "Host: a\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.7\r\n\r\n";
    assertEquals("\"192.0.2.7\"", served.one("GET /client HTTP/1.1\r\n" + forwarded).body());
  }

  @Test
  void saysWhenToComeBack() throws IOException {
    Answer answer = served.get("/busy");
    Served.problem(answer, 503, "unavailable");
    assertEquals("2", answer.header("Retry-After"));
  }

  @Test
  void saysWhichPortIsTakenAndWhichSettingNamesIt() {
    int port = served.listener.port();
    IOException e = assertThrows(IOException.class, () -> start("127.0.0.1", port));
    assertEquals(
        "port "
            + port
            + " on 127.0.0.1 is taken: stop what listens there or set"
            + " LADDER_PORT to another",
        e.getMessage());
    IOException far = assertThrows(IOException.class, () -> start("192.0.2.1", 0));
    assertTrue(String.valueOf(far.getMessage()).endsWith("set LADDER_HOST to one of this machine"));
    IOException unknown = assertThrows(IOException.class, () -> start("no.such.invalid", 0));
    assertTrue(String.valueOf(unknown.getMessage()).contains("set LADDER_HOST"));
  }

  @Test
  void servesAnOrdinaryClient() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + served.listener.port() + "/json");
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(10))
              .header("Content-Type", "application/json")
              .expectContinue(true)
              .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"\u00fc\"}"))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals("{\"name\":\"\u00fc\"}", answer.body());
    }
  }

  @Test
  void tellsItsUrlAsAClientWritesIt() {
    for (String host : List.of("::1", "[::1]")) {
      try (Listener listener = unstarted(host, 8080)) {
        assertEquals("http://[::1]:8080", listener.url());
      }
    }
    assertEquals("http://127.0.0.1:" + served.listener.port(), served.listener.url());
  }

  private void start(String host, int port) throws IOException {
    try (Listener listener = unstarted(host, port)) {
      listener.start();
    }
  }

  private Listener unstarted(String host, int port) {
    Duration second = Duration.ofSeconds(1);
    return new Listener(
        new Listener.Options("x", port, host, 1, "LADDER_", second, List.of(), second, ownEngine),
        new Router(List.of()),
        _ -> {},
        Clock.system());
  }
}
