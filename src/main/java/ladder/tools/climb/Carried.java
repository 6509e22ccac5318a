package ladder.tools.climb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ladder.time.Clock;
import ladder.tools.capacity.ScalabilityLaw;
import ladder.tools.climb.LoadProcess.Ask;
import ladder.tools.climb.Node.PoolUse;
import ladder.tools.load.LoadResult;

/**
 * What one node, one PostgreSQL and one Redis carry on this machine: what {@code capacity} works
 * from. Used by one thread.
 */
final class Carried {
  static final List<Integer> CLIENTS = List.of(1, 2, 4, 8, 16, 32, 64);

  private static final int WRITING_CLIENTS = 16;

  /** Few enough that requests do not wait for a core, and one is held only as long as it takes. */
  private static final int CALM_CLIENTS = 1;

  private final Trials trials;
  private final Scratch scratch;
  private final Scale scale;
  private final Progress progress;
  private final Clock clock;

  Carried(Trials trials, Scratch scratch, Scale scale, Progress progress, Clock clock) {
    this.trials = trials;
    this.scratch = scratch;
    this.scale = scale;
    this.progress = progress;
    this.clock = clock;
  }

  static int steps(Scale scale) {
    return (CLIENTS.size() + 1) * scale.repeats() + 2;
  }

  /** The throughput of a node's cached reads with so many clients. */
  record Point(int clients, Spread throughput) {}

  List<Point> curve(Node node) throws IOException, InterruptedException {
    LoadResult _ = trials.first(trials.users(Cases.CLIENTS, node));
    Map<Integer, List<Double>> measured = new TreeMap<>();
    for (int round = 1; round <= scale.repeats(); round++) {
      for (int clients : CLIENTS) {
        progress.step("curve: %d clients, %d of %d".formatted(clients, round, scale.repeats()));
        double throughput = trials.measure(trials.users(clients, node)).throughput();
        measured.computeIfAbsent(clients, _ -> new ArrayList<>()).add(throughput);
      }
    }
    return measured.entrySet().stream()
        .map(e -> new Point(e.getKey(), Spread.of(e.getValue(), Double::doubleValue)))
        .toList();
  }

  static ScalabilityLaw law(List<Point> curve) {
    return ScalabilityLaw.fit(
        curve.stream()
            .map(p -> new ScalabilityLaw.Point(p.clients(), p.throughput().median()))
            .toList());
  }

  /**
   * @param readHoldSeconds how long a read holds a connection
   * @param orderBytes what an order takes on disk, its share of the indexes included
   * @param cachedUserBytes what a cached user takes of Redis
   */
  record Figures(
      double cachedReadsPerSecond,
      double databaseReadsPerSecond,
      double writesPerSecond,
      double readHoldSeconds,
      double writeHoldSeconds,
      double orderBytes,
      double cachedUserBytes) {}

  /**
   * @param node with all rungs on
   * @param databaseReads measured by the case of the pool
   */
  Figures figures(Node node, double cachedReads, double databaseReads)
      throws IOException, InterruptedException {
    LoadResult _ = trials.first(trials.orders(WRITING_CLIENTS, node));
    List<Double> writes = new ArrayList<>();
    for (int round = 1; round <= scale.repeats(); round++) {
      progress.step("writes: orders, %d of %d".formatted(round, scale.repeats()));
      writes.add(trials.measure(trials.orders(WRITING_CLIENTS, node)).throughput());
    }
    progress.step("pool: how long a connection is held");
    PoolUse before = node.poolUse("primary");
    LoadResult _ = trials.measure(trials.orders(CALM_CLIENTS, node));
    double writeHold = node.poolUse("primary").meanSince(before);
    double readHold;
    try (Node uncached = trials.node(Cases.UNCACHED)) {
      LoadResult _ = trials.first(trials.users(CALM_CLIENTS, uncached));
      before = uncached.poolUse("replica");
      LoadResult _ = trials.measure(trials.users(CALM_CLIENTS, uncached));
      readHold = uncached.poolUse("replica").meanSince(before);
    }
    progress.step("Redis: what a cached user takes");
    double bytes =
        Double.parseDouble(scratch.text("SELECT pg_total_relation_size('orders')::text"));
    double rows = Double.parseDouble(scratch.text("SELECT count(*)::text FROM orders"));
    // Cached anew: what was read before may have expired.
    LoadResult _ = trials.measure(Ask.clients(1, trials.key(), node.url("/users/1")));
    try (SlowQuery redis = new SlowQuery(scratch, clock)) {
      return new Figures(
          cachedReads,
          databaseReads,
          Spread.of(writes, Double::doubleValue).median(),
          readHold,
          writeHold,
          bytes / rows,
          redis.redisBytes("user:1"));
    }
  }
}
