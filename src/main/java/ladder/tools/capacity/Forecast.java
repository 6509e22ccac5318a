package ladder.tools.capacity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a load needs, with the arithmetic.
 *
 * @param lines the arithmetic, a step each
 * @param results what follows from it, by name
 */
record Forecast(List<String> lines, Map<String, Object> results) {
  /** Above it queues grow long, and a node that fails leaves the others no room. */
  private static final double USED_MAX = 0.7;

  /** One request in a hundred may wait for a connection. */
  private static final double WAIT_SHARE_MAX = 0.01;

  /** What one PostgreSQL is still backed up, restored and vacuumed in: hours, not days. */
  private static final double BYTES_MAX = 2e12;

  private static final double YEAR_SECONDS = Duration.ofDays(365).toSeconds();

  /** What Redis keeps beside the values: the limiter's windows, and what fragments. */
  private static final double REDIS_FACTOR = 1.5;

  /**
   * What is asked for.
   *
   * @param rate requests a second, orders included
   * @param users whose data are read often enough to be cached
   * @param orders new ones a second
   * @param hitRatio the share of the reads that the cache answers
   */
  record Need(double rate, long users, double orders, double hitRatio) {}

  static Forecast of(Measured m, Need need) {
    Arithmetic a = new Arithmetic();
    double peak = m.law().peak(m.clientsMax());
    double nodeRate = USED_MAX * peak;
    int nodes = (int) Math.ceil(need.rate() / nodeRate);
    a.line("Nodes");
    a.line(
        "  X(N) = %.1f N / (1 + %.5f (N-1) + %.7f N(N-1)), fitted for N = 1..%d"
            .formatted(m.law().lambda(), m.law().sigma(), m.law().kappa(), m.clientsMax()));
    a.line(
        "  a node's most: X(%.0f) = %,.0f/s; at %.0f %% of it %,.0f/s"
            .formatted(
                Math.min(m.law().peakClients(), m.clientsMax()), peak, 100 * USED_MAX, nodeRate));
    a.line("  %,.0f/s / %,.0f/s = %d nodes".formatted(need.rate(), nodeRate, nodes));
    a.result("nodes", nodes);

    double reads = Math.max(0, need.rate() - need.orders());
    double misses = reads * (1 - need.hitRatio());
    a.line("Pools (M/M/c, at most %.0f %% wait)".formatted(100 * WAIT_SHARE_MAX));
    a.line(
        "  reads that miss the cache: %,.0f/s x (1 - %.2f) = %,.0f/s"
            .formatted(reads, need.hitRatio(), misses));
    pool(a, "replica", new Queue(misses, m.readHold()), nodes);
    pool(a, "primary", new Queue(need.orders(), m.writeHold()), nodes);

    double redis = need.users() * m.userBytes() * REDIS_FACTOR;
    a.line("Redis");
    a.line(
        "  %,d users x %.0f bytes x %.1f = %,.1f MB"
            .formatted(need.users(), m.userBytes(), REDIS_FACTOR, redis / 1e6));
    a.result("redisBytes", Math.round(redis));
    beyond(a, m, need, misses, reads);
    return new Forecast(a.lines, a.results);
  }

  private static void pool(Arithmetic a, String name, Queue queue, int nodes) {
    int servers = queue.servers(WAIT_SHARE_MAX);
    int each = Math.ceilDiv(servers, nodes);
    a.line(
        "  %s: %,.1f/s x %.2f ms = %.2f in use (Little)"
            .formatted(name, queue.arrivals(), queue.serviceSeconds() * 1e3, queue.inUse()));
    a.line(
        "  %s: with %d connections %.2f %% wait (Erlang C), %.3f ms on average; %d for each node"
            .formatted(
                name,
                servers,
                100 * queue.waitProbability(servers),
                1e3 * queue.meanWaitSeconds(servers),
                each));
    a.result(name + "Connections", servers);
    a.result(name + "PoolSize", each);
  }

  /** Rung 7: which of its points comes first. */
  private static void beyond(Arithmetic a, Measured m, Need need, double misses, double reads) {
    a.line("Rung 7: when one primary or one Redis is not enough");
    boolean writes = share(a, "orders", need.orders(), "one primary", m.writes());
    boolean queries = share(a, "database reads", misses, "one replica", m.databaseReads());
    boolean cached = share(a, "cache reads", reads, "one Redis", m.cachedReads());
    double yearBytes = need.orders() * YEAR_SECONDS * m.orderBytes();
    double years = yearBytes == 0 ? Double.POSITIVE_INFINITY : BYTES_MAX / yearBytes;
    a.line(
        "  %,.1f/s x %,.0f s x %.0f bytes = %,.1f GB and %,.1f million rows a year; %s to %.0f TB"
            .formatted(
                need.orders(),
                YEAR_SECONDS,
                m.orderBytes(),
                yearBytes / 1e9,
                need.orders() * YEAR_SECONDS / 1e6,
                yearBytes == 0 ? "never" : "%,.1f years".formatted(years),
                BYTES_MAX / 1e12));
    String advice =
        writes || years < 1
            ? "shard the orders by user: one primary is not enough for their writes or bytes"
            : queries
                ? "add replicas: reads need more than one, writes do not need rung 7"
                : cached
                    ? "measure Redis on its own before a Redis Cluster: here a node was the bound"
                    : "stay on rung 6: nothing here needs sharding";
    a.line("  so: " + advice);
    a.result("yearBytes", Math.round(yearBytes));
    a.result("shardingPaysAtOrdersPerSecond", USED_MAX * m.writes());
    a.result("advice", advice);
  }

  private static boolean share(
      Arithmetic a, String what, double wanted, String by, double carried) {
    double share = wanted / (USED_MAX * carried);
    a.line(
        "  %s: %,.0f/s of %.0f %% of the %,.0f/s that %s was seen to carry: %.0f %%"
            .formatted(what, wanted, 100 * USED_MAX, carried, by, 100 * share));
    return share > 1;
  }

  /** The lines and results so far. */
  private static final class Arithmetic {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Object> results = new LinkedHashMap<>();

    void line(String text) {
      lines.add(text);
    }

    void result(String name, Object value) {
      results.put(name, value);
    }
  }
}
