package ladder.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import ladder.http.Listener;
import ladder.http.Route;

/**
 * Prometheus metrics: requests are counted as they are answered, and the JVM and the libraries are
 * asked when a page is made. What the parts count themselves is in {@link Statistics}. Thread-safe.
 */
public final class Metrics implements Listener.Observer, AutoCloseable {
  /** From a cached read to the longest that a client waits. */
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(250_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private record Series(String route, String method, int status) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final ConcurrentHashMap<Series, Counter> requests = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Series, Timer> durations = new ConcurrentHashMap<>();

  public Metrics() {
    garbageCollection.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** For {@link Statistics}, and for libraries that bring metrics of their own. */
  public MeterRegistry registry() {
    return registry;
  }

  /**
   * Shows the routes before the first request: a series that begins at its first event hides that
   * event from {@code rate()}.
   */
  public void expect(List<Route> routes) {
    for (Route route : routes) {
      int usual =
          switch (route.method()) {
            case "POST" -> 201;
            case "DELETE" -> 204;
            default -> 200;
          };
      Counter _ = requests(new Series(route.template(), route.method(), usual));
      Timer _ = durations(new Series(route.template(), route.method(), 0));
    }
  }

  /** The labels are bounded: routes of the table, well-known methods, statuses that we answer. */
  @Override
  public void answered(String route, String method, int status, long nanos) {
    requests(new Series(route, method, status)).increment();
    durations(new Series(route, method, 0)).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Counter requests(Series series) {
    return requests.computeIfAbsent(
        series,
        s ->
            Counter.builder("ladder.http.requests")
                .tag("route", s.route())
                .tag("method", s.method())
                .tag("status", Integer.toString(s.status()))
                .register(registry));
  }

  private Timer durations(Series series) {
    return durations.computeIfAbsent(
        series,
        s ->
            Timer.builder("ladder.http.request")
                .tag("route", s.route())
                .tag("method", s.method())
                .serviceLevelObjectives(BUCKETS)
                .register(registry));
  }

  /** The page in Prometheus's text format, version 0.0.4. */
  String page() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
