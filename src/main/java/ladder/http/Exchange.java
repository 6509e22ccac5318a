package ladder.http;

import java.io.IOException;
import ladder.measure.Answered;
import ladder.measure.RequestEvent;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The course of one request: check, route, admit, handle, answer, observe. One object for each
 * request, on a virtual thread.
 */
final class Exchange {
  /** The status observed when the client left before it had its answer (after nginx). */
  private static final int CLIENT_GONE = 499;

  private final Incoming incoming;
  private final Listener listener;
  private final long startNanos;
  private final @Nullable RequestEvent event = RequestEvent.begun();
  private final Router.Match match;
  private final Admission.Place place;
  private final Body body;
  private final Request request;
  private boolean finished;

  Exchange(Incoming incoming, Listener listener) {
    this.incoming = incoming;
    this.listener = listener;
    this.startNanos = listener.clock.nanos();
    this.match = match();
    this.place = listener.admission.new Place(match.route().always());
    this.body = new Body(incoming, listener.options.bodyTimeout(), place);
    this.request = new Request(incoming, match, body, listener.options, listener.clock);
  }

  /** Throws when the connection is of no more use, whereupon the engine closes it. */
  void serve() throws IOException {
    MDC.put("requestId", request.id());
    int _ = listener.inflight.incrementAndGet();
    try {
      Response response = Outcome.of(request, this::admitted);
      place.leave(); // from here on it may be the client that we wait for
      send(response);
    } catch (Body.ClientGone e) {
      throw new IOException(e);
    } finally {
      finish(CLIENT_GONE, 0, null);
      place.leave();
      body.release();
      MDC.remove("requestId");
    }
  }

  private Router.Match match() {
    try {
      HeadCheck.check(incoming.head());
      return listener.router.match(incoming.head().method, incoming.head().path());
    } catch (ProblemException e) {
      return Router.Match.refused(e);
    }
  }

  private Response admitted(Request request) throws Exception {
    place.take();
    return ScopedValue.where(Timings.CURRENT, request.timings())
        .call(() -> match.route().handler().handle(request));
  }

  private void send(Response response) throws IOException {
    boolean streams = response.stream() != null;
    boolean bodiless = (response.body().length == 0 && !streams) || request.method().equals("HEAD");
    // The engine ends a bodiless exchange with its head: what is still to come is read before.
    boolean kept = bodiless ? body.discard() : body.keepsConnection();
    incoming.setHeader("X-Request-Id", request.id());
    incoming.setHeader("Server-Timing", request.timings().serverTiming(elapsedNanos()));
    if (request.traceparent() != null) {
      incoming.setHeader("Traceparent", request.traceparent());
    }
    if (!kept || listener.draining) {
      incoming.setHeader("Connection", "close");
    }
    if (streams) { // nobody waits for its end
      finish(response.status(), 0, response.caller());
    }
    incoming.send(response, bodiless);
    finish(response.status(), bodiless ? 0 : response.body().length, response.caller());
    boolean _ = body.discard();
    body.release();
  }

  /** Counts and logs the request, the first time; what follows serves only its connection. */
  private void finish(int status, long bytes, @Nullable String caller) {
    if (finished) {
      return;
    }
    finished = true;
    int _ = listener.inflight.decrementAndGet();
    long nanos = elapsedNanos();
    Timings timings = request.timings();
    timings.finish(nanos);
    Answered answered =
        new Answered(
            request.route(), request.label(), status, request.id(), caller, nanos, timings);
    listener.observer.answered(answered);
    if (event != null) {
      event.answered(answered);
    }
    if (!place.wasRefused()) { // under overload the log must not be what costs
      AccessLog.answered(request, caller, status, bytes, nanos);
    }
  }

  private long elapsedNanos() {
    return listener.clock.nanos() - startNanos;
  }
}
