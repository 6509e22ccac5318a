package ladder.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.json.Json;

/**
 * What every peer must answer, checked from outside at one base URL. A limit of {@link #LIMIT}
 * requests in {@link #WINDOW_SECONDS} s must be set there. Used by one thread.
 */
final class Conformance implements AutoCloseable {
  static final int LIMIT = 100;
  static final int WINDOW_SECONDS = 60;

  private static final int CROWD = 250;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
  private static final List<String> USER = List.of("id", "email", "name", "createdAt", "version");
  private static final List<String> ORDER =
      List.of("id", "userId", "item", "quantity", "unitPriceCents", "totalCents", "createdAt");

  private final URI base;
  private final Keys keys;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> failures = new ArrayList<>();
  private String key;

  /** Makes API keys; each check that asks often has one of its own. */
  @FunctionalInterface
  interface Keys {
    String create();
  }

  Conformance(URI base, Keys keys) {
    this.base = base;
    this.keys = keys;
    this.key = keys.create();
  }

  /** What did not hold, in sentences; empty when all did. */
  List<String> failures() {
    return failures;
  }

  private void check(String what, boolean holds, Object seen) {
    if (!holds) {
      failures.add("%s; seen: %s".formatted(what, seen));
    }
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(ANSWER_MAX)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    if (body != null) {
      request.setHeader("Content-Type", "application/json");
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, null, "Authorization", "Bearer " + key);
  }

  HttpResponse<String> signUp(String email, String name) throws IOException, InterruptedException {
    return post("{\"email\":\"%s\",\"name\":\"%s\"}".formatted(email, name));
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return send("POST", "/signup", body, "Authorization", "Bearer " + key);
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("(none)");
  }

  private static List<String> members(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return Json.read(answer.body().getBytes(UTF_8));
  }

  private void problem(String what, int status, HttpResponse<String> answer) {
    check(what + " is " + status, answer.statusCode() == status, answer.statusCode());
    if (answer.statusCode() == status) {
      check(
          what + " is a problem (RFC 9457)",
          header(answer, "Content-Type").startsWith("application/problem+json")
              && members(json(answer)).containsAll(List.of("type", "title", "status", "detail")),
          header(answer, "Content-Type") + " " + answer.body());
    }
  }

  /** The one check that a ceiling must pass. */
  void plain() throws IOException, InterruptedException {
    HttpResponse<String> live = send("GET", "/health/live", null);
    check(
        "GET /health/live is 200 {\"status\":\"live\"}",
        live.statusCode() == 200 && live.body().equals("{\"status\":\"live\"}"),
        live.statusCode() + " " + live.body());
    check(
        "it is application/json",
        header(live, "Content-Type").startsWith("application/json"),
        header(live, "Content-Type"));
  }

  void keys() throws IOException, InterruptedException {
    problem("no key", 401, send("GET", "/users/1", null));
    problem("a wrong key", 401, send("GET", "/users/1", null, "Authorization", "Bearer wrong"));
    check("a valid key is let in", get("/users/1").statusCode() == 200, "another status");
  }

  /**
   * Users.
   *
   * @param rename changes the name of a user in PostgreSQL, past the peer
   */
  void users(boolean cached, Callable<?> rename, long renamed) throws Exception {
    problem("a user who is not there", 404, get("/users/99999999"));
    HttpResponse<String> first = get("/users/" + renamed);
    JsonNode user = json(first);
    check("a user's members are " + USER, members(user).equals(USER), members(user));
    check(
        "createdAt is an instant",
        Instant.parse(user.get("createdAt").textValue()).isBefore(Instant.now()),
        user.get("createdAt"));
    check("ETag is the version", header(first, "ETag").equals("\"1\""), header(first, "ETag"));
    check(
        "the first read is no hit",
        header(first, "Cache-Status").equals("ladder; fwd=miss"),
        header(first, "Cache-Status"));
    String before = user.get("name").textValue();
    Object _ = rename.call();
    HttpResponse<String> second = get("/users/" + renamed);
    String name = json(second).get("name").textValue();
    if (cached) {
      check("what is cached is served", name.equals(before), name);
      check(
          "the second read is a hit",
          header(second, "Cache-Status").equals("ladder; hit"),
          header(second, "Cache-Status"));
      check("a hit is the same text", first.body().equals(second.body()), second.body());
    } else {
      check("without a cache PostgreSQL is read", !name.equals(before), name);
    }
  }

  void limit() throws Exception {
    key = keys.create();
    HttpResponse<String> one = get("/users/2");
    String policy = "\"default\";q=%d;w=%d".formatted(LIMIT, WINDOW_SECONDS);
    check(
        "RateLimit-Policy is " + policy,
        header(one, "RateLimit-Policy").equals(policy),
        header(one, "RateLimit-Policy"));
    check(
        "RateLimit tells what is left",
        header(one, "RateLimit").startsWith("\"default\";r=%d;t=".formatted(LIMIT - 1)),
        header(one, "RateLimit"));
    int allowed = 1;
    int refused = 0;
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 1; i < CROWD; i++) {
        answers.add(crowd.submit(() -> get("/users/2")));
      }
      for (Future<HttpResponse<String>> answer : answers) {
        int status = result(answer).statusCode();
        allowed += status == 200 ? 1 : 0;
        refused += status == 429 ? 1 : 0;
      }
    }
    check("of a crowd of %d as many as allowed pass".formatted(CROWD), allowed == LIMIT, allowed);
    check("and all others are 429", allowed + refused == CROWD, refused);
    HttpResponse<String> over = get("/users/2");
    problem("one over the limit", 429, over);
    check("it has Retry-After", header(over, "Retry-After").matches("\\d+"), over.headers().map());
    key = keys.create();
    check("another key is not concerned", get("/users/2").statusCode() == 200, "another status");
  }

  private static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  void orders() throws IOException, InterruptedException {
    problem("a limit of 0", 400, get("/users/3/orders?limit=0"));
    problem("the orders of nobody", 404, get("/users/99999999/orders"));
    check(
        "20 orders without a limit",
        json(get("/users/3/orders")).get("orders").size() == 20,
        "another number");
    Set<Long> seen = new HashSet<>();
    long last = Long.MAX_VALUE;
    String next = "";
    for (int page = 0; next != null && page < 10; page++) {
      JsonNode body = json(get("/users/3/orders?limit=20" + next));
      for (JsonNode order : body.get("orders")) {
        check("an order's members", members(order).equals(ORDER), members(order));
        check(
            "an order's total",
            order.get("totalCents").longValue()
                == order.get("quantity").longValue() * order.get("unitPriceCents").longValue(),
            order);
        check("newest first", order.get("id").longValue() < last, order);
        last = order.get("id").longValue();
        check("no order twice", seen.add(last), last);
      }
      next = body.get("next").isNull() ? null : "&after=" + body.get("next").asText();
    }
    check("all 50 orders of a user", seen.size() == 50, seen.size());
  }

  void signUps() throws IOException, InterruptedException {
    problem("a body that is no JSON", 400, post("{"));
    problem("an email without @", 422, signUp("nobody", "Name"));
    problem("an empty name", 422, signUp("empty@example.com", ""));
    HttpResponse<String> created = signUp("new@example.com", "New");
    check("a sign-up is 201", created.statusCode() == 201, created.statusCode());
    JsonNode user = json(created);
    check("it answers with the user", members(user).equals(USER), created.body());
    String location = header(created, "Location");
    check("and its place", location.endsWith("/users/" + user.get("id")), location);
    JsonNode read = json(get("/users/" + user.get("id")));
    check("the user is there", read.equals(user), read);
    problem("an email that is taken, in another case", 409, signUp("NEW@example.com", "Other"));
  }

  void metrics(URI metrics) throws IOException, InterruptedException {
    HttpResponse<String> text =
        client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString());
    check(
        "GET /metrics is Prometheus text with a timer",
        text.statusCode() == 200 && text.body().contains("seconds_count{"),
        text.statusCode());
  }

  @Override
  public void close() {
    client.close();
  }
}
