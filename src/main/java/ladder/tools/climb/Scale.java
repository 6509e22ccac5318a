package ladder.tools.climb;

import java.time.Duration;

/**
 * How much data there are, and how long is measured.
 *
 * @param pairs how often each side of a case is measured
 * @param first the discarded run before the first pair, for the JIT of a new node
 * @param warmup before each measured run
 * @param repeats how often each point of the curve is measured
 */
record Scale(
    long users,
    long orders,
    int pairs,
    Duration first,
    Duration warmup,
    Duration measured,
    int repeats) {
  /** Bytes of an order and its share of the indexes, twice for the standby, and room to sort. */
  private static final long ORDER_BYTES = 450;

  private static final long USER_BYTES = 600;

  /** Programs, the logs of both servers, and what a case writes. */
  private static final long OTHER_BYTES = 2_000_000_000;

  static Scale full() {
    return new Scale(
        200_000,
        5_000_000,
        5,
        Duration.ofSeconds(6),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4),
        3);
  }

  static Scale small() {
    return new Scale(
        20_000,
        500_000,
        3,
        Duration.ofMillis(1_500),
        Duration.ofMillis(500),
        Duration.ofMillis(1_000),
        1);
  }

  Scale withData(long usersWanted, long ordersWanted) {
    return new Scale(usersWanted, ordersWanted, pairs, first, warmup, measured, repeats);
  }

  Scale withTimes(int pairsWanted, Duration measuredWanted) {
    return new Scale(users, orders, pairsWanted, measuredWanted, measuredWanted, measuredWanted, 1);
  }

  /** What the disk must have free before the data are made. */
  long bytes() {
    return orders * ORDER_BYTES + users * USER_BYTES + OTHER_BYTES;
  }

  /** What the data directory says when its data are complete. */
  String mark() {
    return "users=%d orders=%d".formatted(users, orders);
  }
}
