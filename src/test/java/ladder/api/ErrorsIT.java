package ladder.api;

import static ladder.harness.Problem.assertInvalid;
import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.RawHttp;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the contract's list of errors, and what all answers carry. */
class ErrorsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestApp app;
  private static String key;
  private static String user;

  @BeforeAll
  static void start() {
    app = TestApp.start(Map.of("LADDER_BODY_TIMEOUT", "300ms"));
    key = app.newKey("raw", null);
    user = app.newUser();
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "{\"email\"}",
        "{\"email\":\"a@example.com\",}",
        "{\"email\":\"a@example.com\"} x",
        "{\"email\":1,\"email\":2}",
        "{'email':'a'}",
        "{\"name\":NaN}",
        "{\"name\":01}",
        "{\"name\":\"a\u0000b\"}",
        "{\"name\":\"a\nb\"}",
        "{\"name\":\"\\x\"}",
        "nul"
      })
  void malformedJsonIs400(String body) {
    assertProblem(400, app.api().post("/signup", body));
    assertProblem(400, app.api().patch(user, body));
    assertProblem(400, app.api().post(user + "/orders", body));
  }

  @Test
  void deepAndEndlessJsonIs400() {
    assertProblem(400, app.api().post("/signup", "[".repeat(60_000)));
    assertProblem(400, app.api().post("/signup", "{\"a\":".repeat(10_000)));
    assertProblem(400, app.api().post("/signup", "{\"a\":" + "9".repeat(60_000) + "}"));
  }

  @Test
  void badUtf8Is400() throws IOException {
    for (String bytes : List.of("\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00e4")) {
      String body = "{\"email\":\"a@example.com\",\"name\":\"" + bytes + "\"}";
      assertProblem(400, raw(post("/signup", body.length(), "") + body));
    }
    assertProblem(400, raw(get("/users/%ff")));
    assertProblem(400, raw(get(user + "/orders?limit=%c0%80")));
  }

  @Test
  void unknownPathsAre404() {
    String[] paths = {"/", "/users", "/users/", user + "/", "//users/1", "/Users/1", "/users/1/x"};
    for (String path : paths) {
      assertProblem(404, app.api().get(path));
      assertProblem(404, app.anonymous().get(path));
    }
  }

  @Test
  void otherMethodsAre405AndTellWhatIsAllowed() {
    allows("GET, HEAD, PATCH, DELETE, OPTIONS", user, "PUT", "POST", "TRACE", "FROB");
    allows("POST, OPTIONS", "/signup", "GET", "HEAD", "PUT", "DELETE", "PATCH");
    allows("GET, HEAD, POST, OPTIONS", user + "/orders", "PUT", "DELETE", "PATCH");
    allows("GET, HEAD, OPTIONS", "/orders/1", "POST", "DELETE", "PATCH");
    allows("GET, HEAD, OPTIONS", "/health/live", "POST");
    allows("GET, HEAD, OPTIONS", "/openapi.json", "POST");
  }

  private static void allows(String methods, String path, String... others) {
    for (String method : others) {
      Answer answer = app.anonymous().send(method, path, null);
      assertEquals(405, answer.status(), method + " " + path);
      if (!method.equals("HEAD")) {
        assertProblem(405, answer);
      }
      assertEquals(sorted(methods), sorted(answer.header("Allow")));
    }
    Answer options = app.anonymous().send("OPTIONS", path, null);
    assertEquals(204, options.status());
    assertEquals(sorted(methods), sorted(options.header("Allow")));
  }

  private static List<String> sorted(String methods) {
    return List.of(methods.split(", ", -1)).stream().sorted().toList();
  }

  @Test
  void aBodyThatComesTooSlowlyIs408() throws IOException {
    assertProblem(408, raw(post("/signup", 40, "") + "{\"email\":"));
    assertProblem(
        408, raw(post(user + "/orders", -1, "Transfer-Encoding: chunked\r\n") + "5\r\n{\"a"));
  }

  @Test
  void aBodyOver64KibIs413() throws IOException {
    String largest = "{\"x\":\"%s\"}".formatted("x".repeat(65_536 - 8));
    assertEquals(65_536, largest.length());
    assertInvalid(app.api().post("/signup", largest), "email", "name");
    assertProblem(413, app.api().post("/signup", largest + " "));
    assertProblem(413, app.api().patch(user, "x".repeat(500_000)));
    assertProblem(413, raw(post("/signup", Integer.MAX_VALUE, "")));
    String chunk = "10001\r\n" + "x".repeat(0x10001) + "\r\n0\r\n\r\n";
    assertProblem(413, raw(post("/signup", -1, "Transfer-Encoding: chunked\r\n") + chunk));
  }

  @Test
  void anotherMediaTypeIs415() {
    String[] types = {
      "text/plain", "application/xml", "application/json; charset=latin1", "application/jsonx", "x"
    };
    for (String type : types) {
      Client typed = app.api().with("Content-Type", type);
      assertProblem(415, typed.post("/signup", "{}"));
      assertProblem(415, typed.patch(user, "{}"));
      assertProblem(415, typed.post(user + "/orders", "{}"));
    }
    assertProblem(415, app.api().send("POST", "/signup", "{}"));
    String[] json = {
      "application/json; charset=UTF-8", "application/x+json", "application/vnd.a_b+c+json"
    };
    for (String type : json) {
      assertInvalid(app.api().with("Content-Type", type).patch(user, "{}"), "name");
    }
  }

  @Test
  void anEncodedBodyIs415() {
    for (String coding : new String[] {"gzip", "br", "identity, gzip"}) {
      Client encoded =
          app.api().with("Content-Type", "application/json").with("Content-Encoding", coding);
      assertProblem(415, encoded.patch(user, "{}"));
      assertProblem(415, encoded.post("/signup", "{}"));
    }
    Client plain =
        app.api().with("Content-Type", "application/json").with("Content-Encoding", "identity");
    assertInvalid(plain.patch(user, "{}"), "name");
  }

  @Test
  void headersThatAreTooLargeAre431() throws IOException {
    String over = "X-Filler: " + "x".repeat(16_384) + "\r\n";
    assertProblem(431, raw("GET " + user + " HTTP/1.1\r\n" + over + "\r\n"));
    assertProblem(431, raw(get(user + "?" + "x".repeat(16_384))));
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      many.append("X-").append(i).append(": x\r\n");
    }
    assertProblem(431, raw("GET " + user + " HTTP/1.1\r\n" + many + "\r\n"));
  }

  @Test
  void aSaneRequestIdIsTakenAndAnotherIsMade() throws IOException {
    assertEquals("my-id_1.2", id(app.api().with("X-Request-Id", "my-id_1.2").get(user)));
    assertEquals("my-id", id(assertedNotFound(app.api().with("X-Request-Id", "my-id"))));
    String first = id(app.api().get(user));
    assertNotEquals(first, id(app.api().get(user)));
    for (String odd : new String[] {"a b", "\u00e4", "x".repeat(129), "<script>", "a\tb", ""}) {
      String made =
          id(raw("GET /nowhere HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + odd + "\r\n\r\n"));
      assertTrue(made.matches("[0-9a-z]{8,32}") && !made.equals(odd), made);
    }
  }

  private static Answer assertedNotFound(Client client) {
    Answer answer = client.get("/users/999999999999");
    assertProblem(404, answer);
    return answer;
  }

  private static String id(Answer answer) {
    return answer.header("X-Request-Id");
  }

  @Test
  void aTraceIsPassedOn() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertEquals(trace, app.api().with("traceparent", trace).get(user).header("traceparent"));
    assertFalse(app.api().with("traceparent", "00-x").get(user).has("traceparent"));
  }

  @Test
  void everyAnswerTellsWhereItsTimeWent() {
    String fresh = app.newKey("fresh", null);
    assertPhases(app.keyed(fresh).get(user), "auth", "limit", "cache", "pool", "db", "total");
    assertPhases(app.keyed(fresh).get(user), "auth", "limit", "cache", "total");
    // Which replica may answer stands in Redis, as what is cached does.
    assertPhases(
        app.keyed(fresh).get(user + "/orders"), "auth", "limit", "cache", "pool", "db", "total");
    assertPhases(app.keyed(fresh).get("/users/x"), "auth", "limit", "total");
    assertPhases(app.anonymous().get(user), "auth", "total");
    assertPhases(app.anonymous().get("/health/live"), "total");
    assertPhases(app.anonymous().get("/nowhere"), "total");
    assertPhases(app.anonymous().send("OPTIONS", user, null), "total");
    assertPhases(
        app.keyed(fresh).with("If-None-Match", "*").get(user), "auth", "limit", "cache", "total");
  }

  private static void assertPhases(Answer answer, String... phases) {
    String timing = answer.header("Server-Timing");
    assertTrue(timing.matches("([a-z]+;dur=[0-9]+(\\.[0-9]{1,3})?(, |$))+"), timing);
    assertEquals(
        List.of(phases),
        List.of(timing.split(", ", -1)).stream()
            .map(phase -> phase.substring(0, phase.indexOf(';')))
            .collect(Collectors.toList()));
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\nX-API-Key: " + key + "\r\n\r\n";
  }

  private static String post(String target, int length, String headers) {
    return "POST "
        + target
        + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-API-Key: "
        + key
        + "\r\n"
        + headers
        + (length < 0 ? "" : "Content-Length: " + length + "\r\n")
        + "\r\n";
  }

  /** What a client that sends exactly these bytes is answered. */
  private static Answer raw(String bytes) throws IOException {
    try (RawHttp http = new RawHttp(app.port(), PATIENCE)) {
      RawHttp.Answer answer = http.send(bytes).read();
      Map<String, List<String>> headers =
          answer.headers().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue())));
      return new Answer(
          answer.status(),
          HttpHeaders.of(headers, (_, _) -> true),
          answer.body().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
  }
}
