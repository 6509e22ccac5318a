package ladder.tools.capacity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class QueueTest {
  @Test
  void agreesWithErlangsTables() {
    // One server: the probability is the utilization. Two with one in use: 1/3, by hand.
    assertEquals(0.6, new Queue(6, 0.1).waitProbability(1), 1e-12);
    assertEquals(1 / 3.0, new Queue(10, 0.1).waitProbability(2), 1e-12);
    // 10 erlangs, 14 servers: 0.1741 in the published tables.
    assertEquals(0.1741, new Queue(100, 0.1).waitProbability(14), 5e-5);
  }

  @Test
  void waitsAsLongAsAQueueOfOneServerDoes() {
    // M/M/1: W - S = rho S / (1 - rho).
    assertEquals(0.15, new Queue(6, 0.1).meanWaitSeconds(1), 1e-12);
    assertEquals(Double.POSITIVE_INFINITY, new Queue(10, 0.1).meanWaitSeconds(1));
    assertEquals(1, new Queue(10, 0.1).waitProbability(1));
  }

  @Test
  void findsTheFewestServers() {
    Queue queue = new Queue(100, 0.1);
    int servers = queue.servers(0.1741);
    assertEquals(15, servers, "14 wait a little more than that");
    assertEquals(1, new Queue(0, 0.1).servers(0.01));
    assertThrows(IllegalArgumentException.class, () -> new Queue(1e6, 1).servers(0.01));
  }
}
