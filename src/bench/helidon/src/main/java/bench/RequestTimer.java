package bench;

import io.helidon.metrics.api.Metrics;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A timer for each route, method and status: Helidon SE counts requests, and leaves timers to the
 * service (https://helidon.io/docs/v4/se/metrics/metrics).
 */
final class RequestTimer implements Filter {
  private static final String UNKNOWN = "UNKNOWN";

  private final Map<Served, Timer> timers = new ConcurrentHashMap<>();

  private record Served(String route, String method, int status) {}

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    long start = System.nanoTime();
    try {
      chain.proceed();
    } finally {
      String route = request.matchingPattern().orElse(UNKNOWN);
      // What reaches no route may have any method: such timers would have no bound.
      String method = route.equals(UNKNOWN) ? route : request.prologue().method().text();
      timers
          .computeIfAbsent(
              new Served(route, method, response.status().code()), RequestTimer::register)
          .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  private static Timer register(Served served) {
    return Metrics.getOrCreate(
        Timer.builder("http.server.requests")
            .description("Requests by route, method and status")
            .tags(
                List.of(
                    Tag.create("uri", served.route()),
                    Tag.create("method", served.method()),
                    Tag.create("status", Integer.toString(served.status())))));
  }
}
