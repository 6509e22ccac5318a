package ladder.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import ladder.cache.Cache;
import ladder.db.Database;
import ladder.http.Listener;
import ladder.journal.Journal;
import ladder.limit.Limiter;

/**
 * What the parts count, in one table: each row is a number of {@code /stats} and a series of {@code
 * /metrics}. Each page is made from one snapshot, so that its numbers belong to one moment. The
 * rest of {@code /metrics} is in {@link Metrics}: what each answered request adds to ({@link
 * RequestMeters}), and the binders of the JVM, HikariCP and Lettuce. Thread-safe.
 */
public final class Statistics {
  private static final Journal.ChannelStats NOTHING = new Journal.ChannelStats(0, 0, 0, 0, 0);
  private static final double NANOS_PER_SECOND = 1e9;

  /** The statistics of every part, taken together. */
  public record Snapshot(
      Listener.Stats http,
      Cache.Stats cache,
      Limiter.Stats limit,
      Database.Stats database,
      Journal.Stats journal) {}

  private enum Type {
    COUNTER,
    GAUGE
  }

  /**
   * @param path where the number stands in {@code /stats}, with dots between the members
   * @param metric the series of {@code /metrics}, before the endings that Prometheus gives it
   * @param tags name and value, or nothing
   */
  private record Row(
      Type type, String path, Tags tags, String metric, ToDoubleFunction<Snapshot> value) {}

  private final Supplier<Snapshot> source;
  private final Metrics metrics;
  private final List<Row> table = new ArrayList<>();
  private volatile Snapshot scraped;

  /**
   * @param source asked once for each page
   * @param channels the names of all channels, which have their rows from the start
   */
  public Statistics(Supplier<Snapshot> source, Metrics metrics, List<String> channels) {
    this.source = source;
    this.metrics = metrics;
    this.scraped = source.get();
    gauge("http.inflight", "http.inflight", s -> s.http().inflight());
    counter("http.shed", "http.shed", s -> s.http().shed());
    counter("cache.hits", "cache.requests", s -> s.cache().hits(), "result", "hit");
    counter("cache.misses", "cache.requests", s -> s.cache().misses(), "result", "miss");
    counter("cache.stale", "cache.requests", s -> s.cache().stale(), "result", "stale");
    counter("cache.negatives", "cache.requests", s -> s.cache().negatives(), "result", "negative");
    counter("cache.errors", "cache.requests", s -> s.cache().errors(), "result", "error");
    counter("cache.loads", "cache.loads", s -> s.cache().loads());
    counter("limit.allowed", "limit.decisions", s -> s.limit().allowed(), "decision", "allowed");
    counter("limit.denied", "limit.decisions", s -> s.limit().denied(), "decision", "denied");
    counter("limit.fallback", "limit.decisions", s -> s.limit().fallback(), "decision", "fallback");
    counter(
        "database.primaryQueries",
        "db.queries",
        s -> s.database().primaryQueries(),
        "pool",
        "primary");
    counter(
        "database.replicaQueries",
        "db.queries",
        s -> s.database().replicaQueries(),
        "pool",
        "replica");
    counter("database.replicaFailures", "db.replica.failures", s -> s.database().replicaFailures());
    gauge(
        "database.replicaLagSeconds",
        "replica.lag.seconds",
        s -> s.database().replicaLag().toNanos() / NANOS_PER_SECOND);
    counter("journal.appended", "journal.appended", s -> s.journal().appended());
    counter("journal.forced", "journal.forced", s -> s.journal().forced());
    counter("journal.refused", "journal.refused", s -> s.journal().refused());
    channels.forEach(this::channel);
    table.forEach(this::register);
  }

  private void channel(String name) {
    String path = "journal.channels." + name;
    counter(
        path + ".delivered", "journal.delivered", s -> of(s, name).delivered(), "channel", name);
    counter(path + ".retries", "journal.retries", s -> of(s, name).retries(), "channel", name);
    counter(path + ".dead", "journal.dead", s -> of(s, name).dead(), "channel", name);
    gauge(
        path + ".lagEntries",
        "journal.lag.entries",
        s -> of(s, name).lagEntries(),
        "channel",
        name);
    gauge(
        path + ".waiting", "journal.waiting.entries", s -> of(s, name).waiting(), "channel", name);
  }

  private static Journal.ChannelStats of(Snapshot s, String channel) {
    return s.journal().channels().getOrDefault(channel, NOTHING);
  }

  private void counter(
      String path, String metric, ToDoubleFunction<Snapshot> value, String... tags) {
    table.add(new Row(Type.COUNTER, path, Tags.of(tags), "ladder." + metric, value));
  }

  private void gauge(String path, String metric, ToDoubleFunction<Snapshot> value, String... tags) {
    table.add(new Row(Type.GAUGE, path, Tags.of(tags), "ladder." + metric, value));
  }

  private void register(Row row) {
    ToDoubleFunction<Statistics> value = self -> row.value().applyAsDouble(self.scraped);
    switch (row.type()) {
      case COUNTER ->
          FunctionCounter.builder(row.metric(), this, value)
              .tags(row.tags())
              .register(metrics.registry());
      case GAUGE ->
          Gauge.builder(row.metric(), this, value).tags(row.tags()).register(metrics.registry());
    }
  }

  /** The page in Prometheus's text format, version 0.0.4. Two scrapes at once take turns. */
  public synchronized String page() {
    scraped = source.get();
    return metrics.page();
  }

  /** The same numbers as a tree, for JSON. */
  public Map<String, Object> tree() {
    return tree(snapshot());
  }

  Snapshot snapshot() {
    return source.get();
  }

  Map<String, Object> tree(Snapshot snapshot) {
    Map<String, Object> root = new LinkedHashMap<>();
    for (Row row : table) {
      double value = row.value().applyAsDouble(snapshot);
      put(root, row.path(), value == Math.rint(value) ? (Object) (long) value : (Object) value);
    }
    return root;
  }

  @SuppressWarnings("unchecked") // a path that ends with a dot behind it leads to a map
  private static void put(Map<String, Object> tree, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      tree.put(path, value);
    } else {
      Object below = tree.computeIfAbsent(path.substring(0, dot), _ -> new LinkedHashMap<>());
      put((Map<String, Object>) below, path.substring(dot + 1), value);
    }
  }
}
