package ladder.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import ladder.cache.TimesToLive;
import ladder.limit.Quota;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of this moment, put together from what the parts count anyway. It asks no
 * server: what it takes is as quick under load and during an outage. Used by one thread at a time.
 */
public final class Dashboard implements Feed.Source {
  /**
   * What the node was started with.
   *
   * @param rungs on or off, by the names of {@code LADDER_RUNGS}
   */
  public record Setup(Map<String, Boolean> rungs, Duration cacheTimeToLive, Quota rateLimit) {}

  /**
   * What the parts say when asked.
   *
   * @param verdict as {@code /verdict} answers it; null when there is none yet
   */
  public record Sources(
      BooleanSupplier redisAnswers,
      BooleanSupplier databaseAnswers,
      Supplier<List<TimesToLive.Estimate>> timesToLive,
      Supplier<@Nullable Object> verdict) {}

  private static final Map<String, String> POOL_GAUGES =
      Map.of(
          "active", "hikaricp.connections.active",
          "waiting", "hikaricp.connections.pending",
          "open", "hikaricp.connections",
          "size", "hikaricp.connections.max");

  private final Statistics statistics;
  private final Sources sources;
  private final MeterRegistry registry;
  private final Latencies latencies;
  private final Traffic traffic;
  private final Map<String, Object> setup = new LinkedHashMap<>();
  private final Clock clock;

  public Dashboard(
      Setup setup, Statistics statistics, Metrics metrics, Sources sources, Clock clock) {
    this.statistics = statistics;
    this.sources = sources;
    this.registry = metrics.registry();
    this.latencies = metrics.latencies();
    this.traffic = new Traffic(registry, latencies, clock);
    this.clock = clock;
    this.setup.put("rungs", setup.rungs());
    this.setup.put("cacheSeconds", seconds(setup.cacheTimeToLive()));
    this.setup.put("limitRequests", setup.rateLimit().requests());
    this.setup.put("limitSeconds", seconds(setup.rateLimit().window()));
  }

  @Override
  public Map<String, Object> snapshot() {
    Statistics.Snapshot now = statistics.snapshot();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("at", clock.now().toEpochMilli());
    all.put("verdict", sources.verdict().get());
    all.put("traffic", traffic.since(now.http()));
    all.put("setup", setup);
    all.put("stats", statistics.tree(now));
    all.put("pools", pools());
    all.put("timesToLive", timesToLive());
    all.put(
        "answers",
        Map.of(
            "redis", sources.redisAnswers().getAsBoolean(),
            "database", sources.databaseAnswers().getAsBoolean()));
    return all;
  }

  @Override
  public void watched(boolean on) {
    latencies.watch(on);
  }

  /** By pool; none while the rung is off. */
  private Map<String, Map<String, Long>> pools() {
    Map<String, Map<String, Long>> pools = new LinkedHashMap<>();
    POOL_GAUGES.forEach(
        (name, metric) -> {
          for (Gauge gauge : registry.find(metric).gauges()) {
            pools
                .computeIfAbsent(
                    String.valueOf(gauge.getId().getTag("pool")), _ -> new LinkedHashMap<>())
                .put(name, Math.round(gauge.value()));
          }
        });
    return pools;
  }

  private List<Map<String, Object>> timesToLive() {
    return sources.timesToLive().get().stream()
        .map(
            e ->
                Map.<String, Object>of(
                    "seconds", seconds(e.timeToLive()), "hitRatio", e.hitRatio()))
        .toList();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
