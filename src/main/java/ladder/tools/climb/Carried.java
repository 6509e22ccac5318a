package ladder.tools.climb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import ladder.time.Clock;
import ladder.tools.capacity.ScalabilityLaw;
import ladder.tools.climb.LoadProcess.Ask;
import ladder.tools.load.LoadResult;

/**
 * What one node, one PostgreSQL and one Redis carry on this machine: what {@code capacity} works
 * from. Used by one thread.
 */
final class Carried {
  static final List<Integer> CLIENTS = List.of(1, 2, 4, 8, 16, 32, 64);

  private static final int WRITING_CLIENTS = 16;

  /** So that no request waits for another. */
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
   * @param cachedReadsPerSecond the most of the curve: a node was its bound, so Redis carries more
   * @param readHoldSeconds the mean time of a whole request of one client, which is the most that
   *     its connection can be held
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
  Figures figures(Node node, List<Point> curve, double databaseReads)
      throws IOException, InterruptedException {
    LoadResult _ = trials.first(trials.orders(WRITING_CLIENTS, node));
    List<Double> writes = new ArrayList<>();
    for (int round = 1; round <= scale.repeats(); round++) {
      progress.step("writes: orders, %d of %d".formatted(round, scale.repeats()));
      writes.add(trials.measure(trials.orders(WRITING_CLIENTS, node)).throughput());
    }
    progress.step("pool: how long a connection is held");
    // HikariCP counts whole milliseconds, which a read does not take.
    double writeHold = seconds(trials.measure(trials.orders(CALM_CLIENTS, node)));
    double readHold;
    try (Node uncached = trials.node(Cases.UNCACHED)) {
      LoadResult _ = trials.first(trials.users(CALM_CLIENTS, uncached));
      readHold = seconds(trials.measure(trials.users(CALM_CLIENTS, uncached)));
    }
    progress.step("Redis: what a cached user takes");
    double bytes =
        Double.parseDouble(scratch.text("SELECT pg_total_relation_size('orders')::text"));
    double rows = Double.parseDouble(scratch.text("SELECT count(*)::text FROM orders"));
    // Cached anew: what was read before may have expired.
    LoadResult _ = trials.measure(Ask.clients(1, trials.key(), node.url("/users/1")));
    try (SlowQuery redis = new SlowQuery(scratch, clock)) {
      return new Figures(
          curve.stream().mapToDouble(p -> p.throughput().median()).max().orElseThrow(),
          databaseReads,
          Spread.of(writes, Double::doubleValue).median(),
          readHold,
          writeHold,
          bytes / rows,
          redis.redisBytes("user:1"));
    }
  }

  private static double seconds(LoadResult calm) {
    return calm.latency().mean() / 1e3;
  }
}
