package ladder.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import ladder.json.Json;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every answer carries, and what each kind of outcome becomes. */
class ListenerIT {
  private Served served;

  @BeforeEach
  void start() throws IOException {
    served = Served.patient();
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void answersAFaultWithAProblemThatRevealsNothing() throws IOException {
    for (String path : List.of("/fault", "/error", "/null", "/bad-header", "/bad-answer")) {
      Answer answer = get(path);
      problem(answer, 500, "internal");
      assertFalse(answer.body().contains("secret"), answer.body());
      assertFalse(answer.body().contains("Exception"), answer.body());
      assertFalse(answer.headers().containsKey("Set-Cookie"));
      served.awaitAnswered(path, "GET", 500);
    }
  }

  @Test
  void answersUnknownPathsWith404() throws IOException {
    for (String path : List.of("/", "/nothing", "/hello", "/hello/", "/hello//", "//hello/a")) {
      problem(get(path), 404, "not-found");
    }
    served.awaitAnswered("none", "GET", 404);
    assertEquals(404, get("//empty").status()); // the JDK takes it for a host without a path
  }

  @Test
  void answersOtherMethodsWith405AndAllow() throws IOException {
    for (String method : List.of("DELETE", "BREW", "get", "TRACE")) {
      Answer answer = one(method + " /hello/a HTTP/1.1\r\nHost: a\r\n\r\n");
      problem(answer, 405, "method-not-allowed");
      assertEquals("GET, HEAD, OPTIONS", answer.header("Allow"));
    }
    served.awaitAnswered("none", "OTHER", 405);
  }

  @Test
  void answersOptionsWithAllow() throws IOException {
    Answer answer = one("OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    assertEquals(204, answer.status());
    assertEquals("OPTIONS, POST", answer.header("Allow"));
    assertFalse(answer.headers().containsKey("Content-Length"));
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
      problem(get(target), 400, "bad-request");
    }
    for (String target : List.of("/hello/%", "/hello/%zz")) { // the JDK sees these first
      assertEquals(400, get(target).status(), target);
    }
  }

  @Test
  void takesTheAbsoluteFormOfATarget() throws IOException {
    assertEquals("{\"hi\":\"a/b\"}", get("http://h/hello/a%2Fb").body());
    assertEquals("{\"a\":\"1 2\"}", get("HTTPS://h:1/query?a=1%202").body());
    served.awaitAnswered("/hello/{name}", "GET", 200);
  }

  @Test
  void refusesARequestForTwoHosts() throws IOException {
    problem(one("GET /empty HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, "bad-request");
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
    problem(
        one("GET /empty HTTP/1.1\r\nX: " + "a".repeat(8_192) + "\r\n\r\n"),
        431,
        "headers-too-large");
    problem(get("/empty?" + "a".repeat(8_192)), 431, "headers-too-large");
    problem(
        one("GET /empty HTTP/1.1\r\n" + "X: a\r\n".repeat(101) + "\r\n"), 431, "headers-too-large");
    assertEquals(200, one("GET /empty HTTP/1.1\r\nX: " + "a".repeat(7_000) + "\r\n\r\n").status());
  }

  @Test
  void decodesWhatHandlersAskFor() throws IOException {
    assertEquals("{\"hi\":\"a/b\u00c3\u00bc\"}", get("/hello/a%2Fb%C3%BC").body());
    assertEquals("{\"a\":\"1 2\",\"b\":\"&\"}", get("/query?a=1+2&b=%26").body());
    assertEquals("{\"a\":\"1?2\"}", get("/query?a=1?2").body());
  }

  @Test
  void carriesIdAndTimingOnEveryAnswer() throws IOException {
    for (String path : List.of("/hello/a", "/none", "/same", "/nothing", "/fault", "/empty")) {
      Answer answer = get(path);
      assertTrue(answer.header("X-Request-Id").matches("[0-9a-f]{16}"), path);
      assertTrue(answer.header("Server-Timing").matches("total;dur=[0-9.]+"), path);
      assertFalse(answer.header("Date").isEmpty());
    }
    Answer marked = get("/marked");
    problem(marked, 409, "conflict");
    assertEquals("r=1", marked.header("RateLimit"));
    assertTrue(marked.header("Server-Timing").startsWith("db;dur="));
  }

  @Test
  void echoesASaneRequestIdAndAValidTraceparent() throws IOException {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Answer answer =
        one("GET /fault HTTP/1.1\r\nX-Request-Id: a-1.b_2\r\ntraceparent: " + trace + "\r\n\r\n");
    assertEquals("a-1.b_2", answer.header("X-Request-Id"));
    assertEquals("a-1.b_2", problem(answer, 500, "internal").get("requestId").asText());
    assertEquals(trace, answer.header("traceparent"));
    assertEquals(
        "",
        one("GET /empty HTTP/1.1\r\ntraceparent: " + trace + "0\r\n\r\n").header("traceparent"));
  }

  @Test
  void doesNotEchoALineBreakOutOfARequestId() throws IOException {
    for (String id : List.of("a\rSet-Cookie: b", "a\n\tSet-Cookie: b", "a\r\n Set-Cookie: b")) {
      Answer answer = one("GET /empty HTTP/1.1\r\nX-Request-Id: " + id + "\r\n\r\n");
      // The JDK ends a header at a lone line break, so that what is left of the id may be sane.
      assertTrue(answer.header("X-Request-Id").matches("a|[0-9a-f]{16}"));
      assertFalse(answer.headers().containsKey("Set-Cookie"));
    }
  }

  @Test
  void answersHeadAsGetWithoutItsBody() throws IOException {
    try (RawHttp http = served.connect()) {
      Answer head = http.send("HEAD /hello/a HTTP/1.1\r\n\r\n").read(true);
      assertEquals("10", head.header("Content-Length"));
      assertEquals("application/json", head.header("Content-Type"));
      assertEquals(
          "300000", http.send("HEAD /big HTTP/1.1\r\n\r\n").read(true).header("Content-Length"));
      Answer missing = http.send("HEAD /nothing HTTP/1.1\r\n\r\n").read(true);
      assertEquals(404, missing.status());
      assertNotEquals("0", missing.header("Content-Length"));
      assertEquals("{\"hi\":\"b\"}", http.send("GET /hello/b HTTP/1.1\r\n\r\n").read().body());
    }
    served.awaitAnswered("/hello/{name}", "HEAD", 200);
  }

  @Test
  void sendsNoLengthWhereNoBodyCanBe() throws IOException {
    try (RawHttp http = served.connect()) {
      Answer none = http.send("GET /none HTTP/1.1\r\n\r\n").read();
      assertFalse(none.headers().containsKey("Content-Length"));
      Answer same = http.send("GET /same HTTP/1.1\r\n\r\n").read();
      assertEquals(304, same.status());
      assertEquals("\"1\"", same.header("ETag"));
      Answer empty = http.send("GET /empty HTTP/1.1\r\n\r\n").read();
      assertEquals("0", empty.header("Content-Length"));
      assertEquals("", empty.header("Transfer-Encoding"));
      assertEquals(300_000, http.send("GET /big HTTP/1.1\r\n\r\n").read().body().length());
    }
  }

  @Test
  void servesPipelinedRequestsInOrder() throws IOException {
    try (RawHttp http = served.connect()) {
      http.send(
          "GET /hello/a HTTP/1.1\r\n\r\nPOST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\n1"
              + "GET /hello/b HTTP/1.1\r\nConnection: close\r\n\r\n");
      assertEquals("{\"hi\":\"a\"}", http.read().body());
      assertEquals("1", http.read().body());
      assertEquals("{\"hi\":\"b\"}", http.read().body());
      assertTrue(http.endedInOrder());
    }
  }

  @Test
  void believesForwardedForOnlyAsFarAsProxiesAreTrusted() throws IOException {
    assertEquals("\"127.0.0.1\"", get("/client").body());
    assertEquals(
        "\"192.0.2.7\"",
        one("GET /client HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.7\r\n\r\n").body());
  }

  @Test
  void saysWhenToComeBack() throws IOException {
    Answer answer = get("/busy");
    problem(answer, 503, "unavailable");
    assertEquals("2", answer.header("Retry-After"));
  }

  @Test
  void saysWhichPortIsTakenAndWhichSettingNamesIt() {
    int port = served.listener.port();
    BindException e = assertThrows(BindException.class, () -> start("127.0.0.1", port));
    assertEquals(
        "port "
            + port
            + " on 127.0.0.1 is taken: stop what listens there or set"
            + " LADDER_PORT to another",
        e.getMessage());
    BindException far = assertThrows(BindException.class, () -> start("192.0.2.1", 0));
    assertTrue(String.valueOf(far.getMessage()).endsWith("set LADDER_HOST to one of this machine"));
    BindException unknown = assertThrows(BindException.class, () -> start("no.such.invalid", 0));
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

  private static void start(String host, int port) throws IOException {
    try (Listener listener = unstarted(host, port)) {
      listener.start();
    }
  }

  private static Listener unstarted(String host, int port) {
    Duration second = Duration.ofSeconds(1);
    return new Listener(
        new Listener.Options("x", "LADDER_", host, port, 1, 1, 1, second, second, List.of()),
        new Router(List.of()),
        (route, method, status, nanos) -> {},
        Clock.system());
  }

  private Answer get(String target) throws IOException {
    return one("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  private Answer one(String request) throws IOException {
    try (RawHttp http = served.connect()) {
      return http.send(request).read();
    }
  }

  private static JsonNode problem(Answer answer, int status, String slug) {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type"));
    JsonNode body = Json.read(answer.body().getBytes(UTF_8));
    assertEquals("urn:ladder:problem:" + slug, body.get("type").asText());
    assertEquals(status, body.get("status").asInt());
    assertEquals(answer.header("X-Request-Id"), body.get("requestId").asText());
    assertFalse(body.get("title").asText().isEmpty() || body.get("detail").asText().isEmpty());
    return body;
  }
}
