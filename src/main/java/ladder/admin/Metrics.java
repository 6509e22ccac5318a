package ladder.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import ladder.http.Listener;
import ladder.http.Route;
import ladder.measure.Answered;
import ladder.measure.Phase;
import ladder.measure.Sample.Spent;

/**
 * Prometheus metrics: requests are counted as they are answered, and the JVM and the libraries are
 * asked when a page is made. What the parts count themselves is in {@link Statistics}. Thread-safe.
 */
public final class Metrics implements Listener.Observer, AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final ConcurrentHashMap<String, RequestMeters> byRoute = new ConcurrentHashMap<>();
  private final Callers callers = new Callers();
  private final Latencies latencies = new Latencies();

  public Metrics() {
    garbageCollection.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    registry.getPrometheusRegistry().register(this::phaseSeconds);
  }

  /** For {@link Statistics}, and for libraries that bring metrics of their own. */
  public MeterRegistry registry() {
    return registry;
  }

  /** For {@link RecentRequests}. */
  Latencies latencies() {
    return latencies;
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
      meters(route.template()).expect(route.method(), usual);
    }
  }

  /** The labels are bounded: routes of the table, well-known methods, statuses that we answer. */
  @Override
  public void answered(Answered answered) {
    meters(answered.route()).answered(answered);
    callers.add(answered);
    latencies.record(answered.nanos());
  }

  /** Requests and seconds of each phase since the start, of all routes together. */
  Map<Phase, Spent> spent() {
    Map<Phase, Spent> spent = new EnumMap<>(Phase.class);
    for (RequestMeters route : byRoute.values()) {
      for (PhaseTimes times : route.phases()) {
        spent.merge(times.phase(), new Spent(times.count(), times.seconds()), Spent::plus);
      }
    }
    return spent;
  }

  /** Who asked most, lately. */
  Callers callers() {
    return callers;
  }

  private MetricSnapshot phaseSeconds() {
    HistogramSnapshot.Builder all =
        HistogramSnapshot.builder()
            .name("ladder_http_phase_seconds")
            .help("where the time of requests went");
    for (RequestMeters route : byRoute.values()) {
      route.phases().forEach(times -> all.dataPoint(times.point(route.route())));
    }
    return all.build();
  }

  private RequestMeters meters(String route) {
    RequestMeters known = byRoute.get(route);
    return known != null
        ? known
        : byRoute.computeIfAbsent(route, r -> new RequestMeters(r, registry));
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
