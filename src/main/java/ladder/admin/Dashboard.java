package ladder.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import ladder.Rung;
import ladder.limit.Quota;
import ladder.time.Clock;

/**
 * What the page shows of this moment, put together from what the parts count anyway. It asks no
 * server: what it takes is as quick under load and during an outage. Used by one thread at a time.
 */
public final class Dashboard implements Feed.Source {
  /**
   * What the node was started with.
   *
   * @param rungs those that are on
   */
  public record Setup(Set<Rung> rungs, Duration cacheTimeToLive, Quota rateLimit) {}

  /** What the parts say when asked. */
  public record Sources(
      BooleanSupplier redisAnswers,
      BooleanSupplier databaseAnswers,
      Supplier<List<TimesToLive.Estimate>> timesToLive) {}

  private static final Map<String, String> POOL_GAUGES =
      Map.of(
          "active", "hikaricp.connections.active",
          "waiting", "hikaricp.connections.pending",
          "open", "hikaricp.connections",
          "size", "hikaricp.connections.max");

  private final Statistics statistics;
  private final Verdicts verdicts;
  private final Sources sources;
  private final MeterRegistry registry;
  private final Latencies latencies;
  private final RecentRequests requests;
  private final Map<String, Object> setup = new LinkedHashMap<>();
  private final Clock clock;

  public Dashboard(
      Setup setup,
      Statistics statistics,
      Metrics metrics,
      Verdicts verdicts,
      Sources sources,
      Clock clock) {
    this.statistics = statistics;
    this.verdicts = verdicts;
    this.sources = sources;
    this.registry = metrics.registry();
    this.latencies = metrics.latencies();
    this.requests = new RecentRequests(metrics, clock);
    this.clock = clock;
    this.setup.put("rungs", states(setup.rungs()));
    this.setup.put("cacheSeconds", seconds(setup.cacheTimeToLive()));
    this.setup.put("limitRequests", setup.rateLimit().requests());
    this.setup.put("limitSeconds", seconds(setup.rateLimit().window()));
  }

  /** Whether each is on, by the name that {@code LADDER_RUNGS} has for it. */
  private static Map<String, Boolean> states(Set<Rung> on) {
    Map<String, Boolean> states = new LinkedHashMap<>();
    for (Rung rung : Rung.values()) {
      states.put(rung.name().toLowerCase(Locale.ROOT), on.contains(rung));
    }
    return states;
  }

  @Override
  public Map<String, Object> snapshot() {
    Statistics.Snapshot now = statistics.snapshot();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("at", clock.now().toEpochMilli());
    all.put("verdict", verdicts.treeAtOnce());
    all.put("traffic", requests.since(now.http()));
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
