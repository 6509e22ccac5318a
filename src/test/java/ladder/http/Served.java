package ladder.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.harness.Await;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import ladder.json.Json;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.time.Clock;

/** A listener on a free port with routes that show what the layer does. */
final class Served implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** One call of the observer. */
  record Answered(String route, String method, int status) {}

  private static final AtomicInteger NAMES = new AtomicInteger();

  final String name = "served" + NAMES.incrementAndGet();
  final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
  final CountDownLatch release = new CountDownLatch(1);
  final AtomicInteger blocked = new AtomicInteger();
  final AtomicInteger interrupted = new AtomicInteger();
  final Listener listener;

  Served(boolean ownEngine, Duration bodyTimeout, int inflightMax, Duration drainTimeout)
      throws IOException {
    this(ownEngine, bodyTimeout, inflightMax, drainTimeout, Clock.system());
  }

  Served(
      boolean ownEngine, Duration bodyTimeout, int inflightMax, Duration drainTimeout, Clock clock)
      throws IOException {
    listener =
        new Listener(
            new Listener.Options(
                name,
                0,
                "127.0.0.1",
                inflightMax,
                "LADDER_",
                bodyTimeout,
                List.of(Cidr.parse("127.0.0.0/8")),
                drainTimeout,
                ownEngine),
            new Router(routes()),
            a -> answered.add(new Answered(a.route(), a.method(), a.status())),
            clock);
    listener.start();
  }

  static Served patient(boolean ownEngine) throws IOException {
    return new Served(ownEngine, PATIENCE, 100, PATIENCE);
  }

  RawHttp connect() throws IOException {
    return new RawHttp(listener.port(), PATIENCE);
  }

  /** One answer on a connection of its own. */
  Answer get(String target) throws IOException {
    return one("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  /** One answer on a connection of its own. */
  Answer one(String request) throws IOException {
    try (RawHttp http = connect()) {
      return http.send(request).read();
    }
  }

  /** Checks a problem answer. */
  static JsonNode problem(Answer answer, int status, String slug) {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type"));
    JsonNode body = Json.read(answer.body().getBytes(UTF_8));
    assertEquals("urn:ladder:problem:" + slug, body.get("type").asText());
    assertEquals(status, body.get("status").asInt());
    assertEquals(answer.header("X-Request-Id"), body.get("requestId").asText());
    assertFalse(body.get("title").asText().isEmpty() || body.get("detail").asText().isEmpty());
    return body;
  }

  /** Waits for an answer to be told of: it is told after the client has it. */
  void awaitAnswered(String route, String method, int status) {
    Answered wanted = new Answered(route, method, status);
    Await.until(wanted + " among " + answered, PATIENCE, () -> answered.contains(wanted));
  }

  /** Waits until no thread serves a request or reads a body. */
  void awaitNoThreads() {
    Await.until("threads of " + name + " end", PATIENCE, () -> !hasThreads());
  }

  boolean hasThreads() {
    return threads().contains(name + "-");
  }

  private List<Route> routes() {
    return List.of(
        new Route(
            "GET", "/hello/{name}", r -> json("{\"hi\":\"" + r.pathParameter("name") + "\"}")),
        Route.always("GET", "/health", r -> Response.empty(200)),
        new Route("GET", "/empty", r -> Response.empty(200)),
        new Route("GET", "/none", r -> Response.empty(204)),
        new Route("GET", "/same", r -> Response.empty(304).with("ETag", "\"1\"")),
        new Route("GET", "/big", r -> Response.text(200, "text/plain", "a".repeat(300_000))),
        new Route("GET", "/huge", this::huge),
        new Route("GET", "/query", r -> json(Json.write(r.query()))),
        new Route("GET", "/client", r -> json("\"" + r.clientAddress() + "\"")),
        new Route("POST", "/echo", r -> json(r.body())),
        new Route("POST", "/unread", r -> json("{}")),
        new Route("POST", "/unread-none", r -> Response.empty(204)),
        new Route("POST", "/json", Served::readJson),
        new Route("POST", "/stubborn", Served::readStubbornly),
        new Route("GET", "/fault", r -> fault("the secret")),
        new Route(
            "GET",
            "/error",
            r -> {
              throw new StackOverflowError("the secret");
            }),
        new Route("GET", "/null", r -> null),
        new Route("GET", "/bad-header", r -> json("{}").with("X-Bad", "a\r\nSet-Cookie: b")),
        new Route(
            "GET",
            "/bad-answer",
            r -> {
              throw new ProblemException(ProblemType.CONFLICT, "taken").with("X-Bad", "a\nb");
            }),
        new Route(
            "GET",
            "/busy",
            r -> {
              throw new ProblemException(ProblemType.UNAVAILABLE, "the pool is empty")
                  .with("Retry-After", "2");
            }),
        new Route(
            "GET",
            "/marked",
            r -> {
              Timings.phase(Phase.PRIMARY).close();
              return new ProblemException(ProblemType.CONFLICT, "taken")
                  .answer(r.id())
                  .with("RateLimit", "r=1")
                  .to("key one");
            }),
        new Route("GET", "/stream", _ -> Response.stream("text/event-stream", this::stream)),
        new Route("GET", "/block", this::block));
  }

  /** More than the sockets' buffers of both sides take. */
  private Response huge(Request request) {
    int _ = blocked.incrementAndGet();
    return Response.text(200, "text/plain", "a".repeat(30_000_000));
  }

  private Response block(Request request) throws InterruptedException {
    try {
      int _ = blocked.incrementAndGet();
      release.await();
      return json("{}");
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
      throw e;
    }
  }

  /** A first part at once; more, each larger than a socket's buffers, when it is released. */
  private void stream(OutputStream out) throws IOException {
    try {
      out.write("data: first\n\n".getBytes(UTF_8));
      out.flush();
      int _ = blocked.incrementAndGet();
      release.await();
      for (int i = 0; i < 3; i++) {
        out.write("data: more\n\n".repeat(1_000_000).getBytes(UTF_8));
        out.flush();
      }
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
      throw (IOException) new InterruptedIOException().initCause(e);
    }
  }

  private static Response readJson(Request request) {
    JsonObject body = request.json();
    String name = body.text("name", 1, 5);
    body.done();
    return json("{\"name\":\"" + name + "\"}");
  }

  private static Response readStubbornly(Request request) {
    try {
      return json(request.body());
    } catch (ProblemException e) {
      return json(request.body());
    }
  }

  private static Response fault(String message) {
    throw new IllegalStateException(message);
  }

  private static Response json(String text) {
    return json(text.getBytes(UTF_8));
  }

  private static Response json(byte[] body) {
    return Response.json(200, body);
  }

  @Override
  public void close() {
    release.countDown();
    listener.close();
  }

  // Virtual threads are in no other listing than this dump.
  private static String threads() {
    try {
      Path dir = Files.createTempDirectory("threads");
      Path dump = dir.resolve("dump");
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      String text = Files.readString(dump);
      Files.delete(dump);
      Files.delete(dir);
      return text;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
