package ladder.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import ladder.http.Listener;
import ladder.http.Route;
import ladder.measure.Timings;

/**
 * Prometheus metrics. Requests are counted as they are answered; everything else is read from the
 * parts' own statistics when it is scraped. Thread-safe.
 */
public final class Metrics implements Listener.Observer, AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final ConcurrentHashMap<String, RequestMeters> byRoute = new ConcurrentHashMap<>();

  /** For libraries that bring metrics of their own: Hikari and Lettuce. */
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
      meters(route.template()).expect(route.method(), usual);
    }
  }

  /** The labels are bounded: routes of the table, well-known methods, statuses that we answer. */
  @Override
  public void answered(String route, String method, int status, long nanos, Timings timings) {
    meters(route).answered(method, status, nanos, timings);
  }

  private RequestMeters meters(String route) {
    RequestMeters known = byRoute.get(route);
    return known != null
        ? known
        : byRoute.computeIfAbsent(route, r -> new RequestMeters(r, registry));
  }

  /** Reads the parts' statistics, and the JVM's, at every scrape. */
  public void observe(Sources sources) {
    observeJvm();
    counter("ladder.http.shed", sources, s -> s.http().get().shed());
    gauge("ladder.http.inflight", sources, s -> s.http().get().inflight());
    counter("ladder.cache.requests", sources, s -> s.cache().get().hits(), "result", "hit");
    counter("ladder.cache.requests", sources, s -> s.cache().get().misses(), "result", "miss");
    // Nothing is served stale, and the name is promised.
    counter("ladder.cache.requests", sources, _ -> 0, "result", "stale");
    counter(
        "ladder.cache.requests", sources, s -> s.cache().get().negatives(), "result", "negative");
    counter("ladder.cache.requests", sources, s -> s.cache().get().errors(), "result", "error");
    counter("ladder.cache.loads", sources, s -> s.cache().get().loads());
    counter(
        "ladder.db.queries", sources, s -> s.database().get().primaryQueries(), "pool", "primary");
    counter(
        "ladder.db.queries", sources, s -> s.database().get().replicaQueries(), "pool", "replica");
    TimeGauge.builder(
            "ladder.replica.lag",
            sources,
            TimeUnit.NANOSECONDS,
            s -> s.database().get().replicaLag().toNanos())
        .register(registry);
    counter(
        "ladder.limit.decisions", sources, s -> s.limit().get().allowed(), "decision", "allowed");
    counter("ladder.limit.decisions", sources, s -> s.limit().get().denied(), "decision", "denied");
    counter(
        "ladder.limit.decisions", sources, s -> s.limit().get().fallback(), "decision", "fallback");
    journal(sources);
  }

  private void observeJvm() {
    garbageCollection.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** The page in Prometheus's text format, version 0.0.4. */
  public String page() {
    return registry.scrape();
  }

  private void journal(Sources sources) {
    counter("ladder.journal.appended", sources, s -> s.journal().get().appended());
    for (String channel : sources.channels()) {
      counter(
          "ladder.journal.delivered",
          sources,
          s -> s.channel(channel).delivered(),
          "channel",
          channel);
      counter(
          "ladder.journal.retries", sources, s -> s.channel(channel).retries(), "channel", channel);
      counter("ladder.journal.dead", sources, s -> s.channel(channel).dead(), "channel", channel);
      gauge(
          "ladder.journal.lag.entries",
          sources,
          s -> s.channel(channel).lagEntries(),
          "channel",
          channel);
    }
  }

  private void counter(
      String name, Sources sources, ToDoubleFunction<Sources> value, String... tags) {
    FunctionCounter.builder(name, sources, value).tags(tags).register(registry);
  }

  private void gauge(
      String name, Sources sources, ToDoubleFunction<Sources> value, String... tags) {
    Gauge.builder(name, sources, value).tags(tags).register(registry);
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
