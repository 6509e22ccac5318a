package bench;

import io.javalin.http.Context;
import io.javalin.http.RequestLogger;
import io.javalin.router.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and times each request. */
final class Observer implements RequestLogger {
  private static final Logger LOG = LoggerFactory.getLogger("access");
  private static final float NANOS_PER_MILLI = 1e6f;

  private final PrometheusMeterRegistry registry;

  Observer(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void handle(Context ctx, Float millis) {
    String method = ctx.method().name();
    Endpoint route = ctx.endpoints().matchedHttpEndpoint();
    registry
        .timer(
            "http.server.requests",
            "method",
            method,
            "uri",
            route == null ? "NOT_FOUND" : route.path,
            "status",
            Integer.toString(ctx.statusCode()))
        .record((long) (millis * NANOS_PER_MILLI), TimeUnit.NANOSECONDS);
    LOG.info("{} {} {} {} ms", method, ctx.path(), ctx.statusCode(), millis);
  }

  void scrape(Context ctx) {
    ctx.contentType("text/plain; version=0.0.4; charset=utf-8").result(registry.scrape());
  }
}
