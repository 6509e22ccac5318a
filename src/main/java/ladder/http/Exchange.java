package ladder.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import ladder.measure.Timings;
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

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final HttpExchange http;
  private final Listener listener;
  private final long startNanos;
  private final Request request;
  private final Body body;
  private String route = "none";
  private boolean admitted;

  Exchange(HttpExchange http, Listener listener) {
    this.http = http;
    this.listener = listener;
    this.startNanos = listener.clock.nanos();
    this.request = new Request(http, listener.options, listener.clock);
    this.body = request.body;
  }

  /** Throws when the connection is of no more use, whereupon the JDK closes it. */
  void serve() throws IOException {
    MDC.put("requestId", request.id());
    try {
      admitted = listener.places.tryAcquire();
      answer(outcome());
    } catch (Body.ClientGone e) {
      over(CLIENT_GONE, 0);
      throw new IOException(e);
    } finally {
      body.release();
      leave();
      MDC.remove("requestId");
    }
  }

  private Response outcome() {
    try {
      if (!admitted) {
        listener.shed.increment();
        throw new ProblemException(ProblemType.UNAVAILABLE, "too many requests are being handled");
      }
      checkHead();
      return Objects.requireNonNull(handled(), "a handler answered null");
    } catch (ProblemException problem) {
      return problem.answer(request.id());
    } catch (InterruptedException e) {
      return new ProblemException(ProblemType.UNAVAILABLE, "the server is stopping")
          .answer(request.id());
    } catch (Body.ClientGone e) {
      throw e;
    } catch (Throwable fault) { // an Error, too, must be logged and answered
      return fault(fault);
    }
  }

  private Response fault(Throwable fault) {
    log.error("{} {} failed", label(), route, fault);
    return new ProblemException(
            ProblemType.INTERNAL, "the fault is logged under this answer's requestId")
        .answer(request.id());
  }

  private void checkHead() {
    int count = 0;
    long bytes = request.target.length();
    for (Map.Entry<String, List<String>> header : http.getRequestHeaders().entrySet()) {
      for (String value : header.getValue()) {
        count++;
        bytes += header.getKey().length() + value.length();
      }
    }
    int bytesMax = listener.options.headerBytesMax();
    if (count > HEADERS_MAX || bytes > bytesMax) {
      throw new ProblemException(
          ProblemType.HEADERS_TOO_LARGE,
          "at most " + HEADERS_MAX + " headers, and " + bytesMax + " bytes with the target");
    }
    Request.check(request.target);
    String length = request.header("Content-Length");
    // The JDK takes it; a proxy that does not would see another request begin.
    if (length != null && length.startsWith("+")) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the Content-Length is not a number")
          .with("Connection", "close");
    }
    if (request.headers("Host").size() > 1) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the request has more than one Host");
    }
  }

  private Response handled() throws Exception {
    Router.Match match = listener.router.match(request.method(), request.path());
    route = match.route().template();
    request.pathParameters = match.parameters();
    return ScopedValue.where(Timings.CURRENT, request.timings())
        .call(() -> match.route().handler().handle(request));
  }

  private void answer(Response response) throws IOException {
    int length = response.body().length;
    boolean bodiless = length == 0 || request.method().equals("HEAD");
    // The JDK ends a bodiless exchange with its head: what the client still sends is read before.
    boolean kept = bodiless ? body.discard() : body.keepsConnection();
    Headers headers = http.getResponseHeaders();
    try {
      response.headers().forEach(headers::set);
    } catch (RuntimeException e) { // a header of ours that HTTP cannot carry
      headers.clear();
      answer(fault(e));
      return;
    }
    headers.set("X-Request-Id", request.id());
    if (request.traceparent() != null) {
      headers.set("Traceparent", request.traceparent());
    }
    headers.set("Server-Timing", request.timings().serverTiming(elapsed()));
    if (!kept || listener.draining) {
      headers.set("Connection", "close");
    }
    if (bodiless && length > 0) {
      headers.set("Content-Length", Integer.toString(length));
    }
    http.sendResponseHeaders(response.status(), bodiless ? -1 : length);
    OutputStream out = http.getResponseBody();
    if (!bodiless) {
      out.write(response.body());
      if (body.ended) {
        out.close();
      } else {
        out.flush();
      }
    }
    over(response.status(), bodiless ? 0 : length);
    boolean _ = body.discard();
    body.release();
    out.close();
  }

  private void over(int status, int bytes) {
    long nanos = elapsed();
    boolean shed = !admitted;
    leave();
    listener.observer.answered(route, label(), status, nanos);
    if (!shed) { // under overload the log must not be what costs
      AccessLog.answered(request, route, status, bytes, nanos);
    }
  }

  // Before the rest of an unwanted body is listened to, and at the latest at the end.
  private void leave() {
    if (admitted) {
      admitted = false;
      listener.places.release();
    }
  }

  private String label() {
    return METHODS.contains(request.method()) ? request.method() : "OTHER";
  }

  private long elapsed() {
    return listener.clock.nanos() - startNanos;
  }
}
