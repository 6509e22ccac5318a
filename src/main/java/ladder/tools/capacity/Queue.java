package ladder.tools.capacity;

/**
 * The queue M/M/c: random arrivals, exponential service, c servers, such as the connections of a
 * pool (Erlang, 1917).
 *
 * @param arrivals a second
 * @param serviceSeconds how long one request holds a server
 */
public record Queue(double arrivals, double serviceSeconds) {
  /** More connections than any PostgreSQL should have. */
  private static final int SERVERS_MAX = 10_000;

  /** How many servers are in use on average (Little's law: L = lambda W). */
  public double inUse() {
    return arrivals * serviceSeconds;
  }

  /**
   * The probability that an arrival waits (Erlang C), from Erlang B by its recursion.
   *
   * @return 1 when the servers are too few to keep up
   */
  public double waitProbability(int servers) {
    double load = inUse();
    if (servers <= load) {
      return 1;
    }
    double blocked = 1;
    for (int k = 1; k <= servers; k++) {
      blocked = load * blocked / (k + load * blocked);
    }
    double utilization = load / servers;
    return blocked / (1 - utilization * (1 - blocked));
  }

  /** The mean wait, in seconds; infinite when the servers are too few. */
  public double meanWaitSeconds(int servers) {
    return servers <= inUse()
        ? Double.POSITIVE_INFINITY
        : waitProbability(servers) * serviceSeconds / (servers - inUse());
  }

  /**
   * The fewest servers with which no more than this share of the arrivals waits.
   *
   * @throws IllegalArgumentException when even 10,000 are too few
   */
  public int servers(double waitShareMax) {
    for (int servers = Math.max(1, (int) inUse()); servers <= SERVERS_MAX; servers++) {
      if (waitProbability(servers) <= waitShareMax) {
        return servers;
      }
    }
    throw new IllegalArgumentException(
        "%.0f requests a second of %.1f ms each need more than %d connections"
            .formatted(arrivals, serviceSeconds * 1e3, SERVERS_MAX));
  }
}
