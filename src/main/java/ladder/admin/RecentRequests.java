package ladder.admin;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import ladder.http.Listener;
import ladder.measure.Phase;
import ladder.measure.Sample.Spent;
import ladder.time.Clock;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the interval between two looks: how many, how long, how many failed, and where
 * their time went, from the same meters as {@code /metrics}. Used by one thread at a time.
 */
final class RecentRequests {
  /** A longer interval is not what happens now: nobody looked meanwhile, so it begins anew. */
  private static final Duration INTERVAL_MAX = Duration.ofSeconds(5);

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_MILLI = 1e3;
  private static final double MILLIS_PER_SECOND = 1e3;

  /** What is only ever added to, at one moment. */
  private record Totals(
      long nanos,
      double requests,
      double errors,
      double limited,
      long shed,
      Map<Phase, Spent> spent) {}

  private final Metrics metrics;
  private final Clock clock;
  private @Nullable Totals last;

  RecentRequests(Metrics metrics, Clock clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * A point of the page's charts: rates a second, latencies in milliseconds, and for each phase the
   * milliseconds that the mean request spent there; null for the first look.
   */
  @Nullable Map<String, Object> since(Listener.Stats http) {
    Totals before = last;
    Totals now = totals(http.shed());
    Histogram took = metrics.latencies().take();
    last = now;
    if (before == null || now.nanos() - before.nanos() > INTERVAL_MAX.toNanos()) {
      return null;
    }
    double seconds = (now.nanos() - before.nanos()) / NANOS_PER_SECOND;
    double requests = now.requests() - before.requests();
    Map<String, Object> point = new LinkedHashMap<>();
    point.put("at", clock.now().toEpochMilli());
    point.put("rate", requests / seconds);
    point.put("errors", (now.errors() - before.errors()) / seconds);
    point.put("limited", (now.limited() - before.limited()) / seconds);
    point.put("shed", (now.shed() - before.shed()) / seconds);
    point.put("inflight", http.inflight());
    point.put("p50", millis(took, 50));
    point.put("p99", millis(took, 99));
    point.put("p999", millis(took, 99.9));
    point.put("phases", requests > 0 ? phases(before, now, requests) : Map.of());
    return point;
  }

  private static @Nullable Double millis(Histogram took, double percentile) {
    return took.getTotalCount() == 0
        ? null
        : (Double) (took.getValueAtPercentile(percentile) / MICROS_PER_MILLI);
  }

  /** Only those in which any time was spent. */
  private static Map<String, Double> phases(Totals before, Totals now, double requests) {
    Map<String, Double> millis = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      double seconds = seconds(now, phase) - seconds(before, phase);
      if (seconds > 0) {
        millis.put(phase.label(), seconds * MILLIS_PER_SECOND / requests);
      }
    }
    return millis;
  }

  private static double seconds(Totals totals, Phase phase) {
    Spent spent = totals.spent().get(phase);
    return spent == null ? 0 : spent.seconds();
  }

  private Totals totals(long shed) {
    double requests = 0;
    double errors = 0;
    double limited = 0;
    for (Counter counter : metrics.registry().find("ladder.http.requests").counters()) {
      String status = String.valueOf(counter.getId().getTag("status"));
      requests += counter.count();
      errors += status.startsWith("5") ? counter.count() : 0;
      limited += status.equals("429") ? counter.count() : 0;
    }
    return new Totals(clock.nanos(), requests, errors, limited, shed, metrics.spent());
  }
}
