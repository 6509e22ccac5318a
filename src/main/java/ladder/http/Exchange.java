package ladder.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import ladder.http.Router.Match;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The course of one request: admit, check, route, handle, answer, tell. The one place where
 * outcomes become answers. One object and one virtual thread for each request.
 */
final class Exchange {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** More than any client of ours sends; the JDK would close without an answer at twice that. */
  static final int HEADERS_MAX = 100;

  /** What the observer hears when the client left before it could be answered (after nginx). */
  private static final int CLIENT_GONE = 499;

  private static final String NO_ROUTE = "none";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final HttpExchange http;
  private final Listener listener;
  private final Listener.Options options;
  private final long startNanos;
  private final Request request;
  private final Body body;
  private String route = NO_ROUTE;
  private boolean admitted;

  Exchange(HttpExchange http, Listener listener) {
    this.http = http;
    this.listener = listener;
    this.options = listener.options();
    this.startNanos = listener.nanos();
    Headers headers = http.getRequestHeaders();
    this.body =
        new Body(
            http.getRequestBody(),
            headers.containsKey("Transfer-encoding"),
            headers.get("Content-length"),
            options.bodyBytesMax(),
            options.bodyTimeout());
    this.request =
        new Request(
            http.getRequestMethod(),
            Target.split(http.getRequestURI().toString()),
            Trace.requestId(headers.getFirst("X-request-id")),
            headers,
            http.getRemoteAddress().getAddress(),
            options.trustedProxies(),
            body,
            new Timings());
  }

  /**
   * Serves it.
   *
   * @throws IOException when the connection is of no more use, whereupon the JDK closes it
   */
  void serve() throws IOException {
    MDC.put("requestId", request.id());
    try {
      admitted = listener.inflight().enter();
      Response response = outcome();
      if (response == null) {
        over(CLIENT_GONE, 0);
        throw new IOException("the client left");
      }
      answer(response);
    } catch (IOException e) {
      log.debug("the connection broke: {}", e.toString());
      throw e;
    } finally {
      body.release();
      leave();
      MDC.remove("requestId");
    }
  }

  /** What to answer, or null when there is nobody left to answer. */
  private @Nullable Response outcome() {
    try {
      if (!admitted) {
        throw ProblemException.unavailable(
            "too many requests are being handled", Duration.ofSeconds(1));
      }
      checkHead();
      return Objects.requireNonNull(handled(), "a handler answered null");
    } catch (ProblemException problem) {
      return Problems.answer(problem, request.id());
    } catch (Body.ClientGone gone) {
      return null;
    } catch (InterruptedException e) {
      return Problems.answer(
          ProblemException.unavailable("the server is stopping", Duration.ofSeconds(1)),
          request.id());
    } catch (Throwable fault) { // an Error, too, must be logged and answered
      return fault(fault);
    }
  }

  private Response fault(Throwable fault) {
    log.error("request {} ({} {}) failed", request.id(), label(), route, fault);
    return Problems.answer(
        new ProblemException(
            ProblemType.INTERNAL, "the fault is logged under this answer's requestId"),
        request.id());
  }

  private void checkHead() {
    Headers headers = http.getRequestHeaders();
    int count = 0;
    long bytes = request.path().length();
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      for (String value : header.getValue()) {
        count++;
        bytes += header.getKey().length() + value.length();
      }
    }
    if (count > HEADERS_MAX || bytes + request.rawQuery().length() > options.headerBytesMax()) {
      throw new ProblemException(
          ProblemType.HEADERS_TOO_LARGE,
          "the request target and headers may have " + options.headerBytesMax() + " bytes");
    }
    request.check();
    body.check();
  }

  private Response handled() throws Exception {
    return switch (listener.router().match(request.method(), request.path())) {
      case Match.Found(Route found, Map<String, String> parameters) -> {
        route = found.template();
        request.matched(parameters);
        yield ScopedValue.where(Timings.CURRENT, request.timings())
            .call(() -> found.handler().handle(request));
      }
      case Match.Options(String allow) -> Response.empty(204).with("Allow", allow);
      case Match.NotAllowed(String allow) ->
          throw new ProblemException(ProblemType.METHOD_NOT_ALLOWED, "allowed here: " + allow)
              .with("Allow", allow);
      case Match.NotFound() ->
          throw new ProblemException(ProblemType.NOT_FOUND, "no resource has this path");
    };
  }

  private void answer(Response response) throws IOException {
    Response sent = response;
    boolean bodiless;
    try {
      bodiless = sendHead(sent);
    } catch (RuntimeException e) { // such as a header of ours that HTTP cannot carry
      http.getResponseHeaders().clear();
      request.answerHeaders().clear();
      sent = fault(e);
      bodiless = sendHead(sent);
    }
    int bytes = bodiless ? 0 : sent.body().length;
    if (!bodiless) {
      OutputStream out = http.getResponseBody();
      out.write(sent.body());
      if (!body.ended()) {
        out.flush();
        over(sent.status(), bytes);
        body.discard();
        body.release();
        out.close();
        return;
      }
      out.close();
    }
    over(sent.status(), bytes);
  }

  /** Returns whether that was all: then the JDK has already flushed and ended the exchange. */
  private boolean sendHead(Response response) throws IOException {
    int status = response.status();
    int length = response.body().length;
    boolean never = status == 204 || status == 304;
    boolean bodiless = never || length == 0 || request.method().equals("HEAD");
    boolean kept = body.keepsConnection();
    if (bodiless && !body.ended()) {
      // The JDK ends the exchange with the head, so what the client still sends is read before.
      body.discard();
      kept = body.ended();
    }
    Headers headers = http.getResponseHeaders();
    response.headers().forEach(headers::set);
    request.answerHeaders().forEach(header -> headers.set(header.name(), header.value()));
    headers.set("X-Request-Id", request.id());
    String traceparent = request.traceparent();
    if (traceparent != null) {
      headers.set("Traceparent", traceparent);
    }
    headers.set("Server-Timing", request.timings().serverTiming(elapsed()));
    if (!kept || listener.draining()) {
      headers.set("Connection", "close");
    }
    if (bodiless && !never) {
      headers.set("Content-Length", Integer.toString(length));
    }
    http.sendResponseHeaders(status, bodiless ? -1 : length);
    return bodiless;
  }

  private void over(int status, int bytes) {
    long nanos = elapsed();
    boolean shed = !admitted;
    leave();
    listener.observer().answered(route, label(), status, nanos);
    if (!shed) { // under overload the log must not be what costs
      AccessLog.answered(request, route, status, bytes, nanos);
    }
  }

  // Before an unwanted body is listened to, and at the latest at the end.
  private void leave() {
    if (admitted) {
      admitted = false;
      listener.inflight().leave();
    }
  }

  private String label() {
    return METHODS.contains(request.method()) ? request.method() : "OTHER";
  }

  private long elapsed() {
    return listener.nanos() - startNanos;
  }
}
