package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.NodePair;
import ladder.harness.OwnDatabase;
import ladder.harness.TestServers;
import ladder.harness.history.Evictions;
import ladder.harness.history.Excerpt;
import ladder.harness.history.HistoryCheck;
import ladder.harness.history.MixedLoad;
import ladder.harness.history.MixedLoad.Shape;
import ladder.harness.history.Operation;
import ladder.harness.history.Repeated;
import ladder.harness.history.Violation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two nodes in processes of their own answer as one that never forgets: no read goes back in time,
 * whatever Redis evicts and however late the replica is. {@code -Dconsistency.operations=100000}
 * makes more requests, {@code -Dconsistency.seed=…} other ones.
 */
class ConsistencyIT {
  private static final int OPERATIONS = Integer.getInteger("consistency.operations", 20_000);
  private static final long SEED = Long.getLong("consistency.seed", System.nanoTime() % 1_000_000);
  private static final Shape SHAPE = new Shape(200, 8, 4, Duration.ZERO);

  /** The replay of the replica stands still for up to so long, and goes on for up to so long. */
  private static final Duration PAUSE_MAX = Duration.ofMillis(500);

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int SHOWN_MAX = 10;

  private static OwnDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = new OwnDatabase();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @AfterEach
  void resume() {
    replica("SELECT pg_wal_replay_resume()");
  }

  /** With neither cache nor replica nothing can go back: what is found here is found wrongly. */
  @Test
  void nothingIsFoundWhereNothingCanGoBack() {
    try (NodePair nodes = nodes("LADDER_RUNGS", "pool,background,limit");
        MixedLoad load = load(nodes)) {
      load.awaitOperations(OPERATIONS / 4);
      judge(load, "no cache, no replica");
    }
  }

  @Test
  void noReadGoesBackWhenNothingIsWrong() {
    try (NodePair nodes = nodes();
        MixedLoad load = load(nodes)) {
      load.awaitOperations(OPERATIONS);
      judge(load, "nothing wrong");
    }
  }

  @Test
  void noReadGoesBackWhileRedisEvictsAndTheReplicaFallsBehind() {
    try (NodePair nodes = nodes();
        MixedLoad load = load(nodes)) {
      try (Evictions evictions =
              new Evictions(database.settings().get("LADDER_REDIS_URL"), SEED, load::someUser);
          Repeated _ = new Repeated(PAUSE_MAX, SEED, random -> pauseReplay(random.nextInt(50)))) {
        load.awaitOperations(OPERATIONS);
        assertTrue(evictions.times() > 0);
      }
      judge(load, "evictions, replay paused now and then");
    }
  }

  private static NodePair nodes(String... namesAndValues) {
    return NodePair.start(database.settings(namesAndValues), SHAPE.readers() + SHAPE.writers());
  }

  private static MixedLoad load(NodePair nodes) {
    return new MixedLoad(SHAPE, SEED, nodes.ports(), nodes.keys()).prepare().start();
  }

  private static void judge(MixedLoad load, String what) {
    List<Operation> history = load.stop().history();
    List<Violation> violations = HistoryCheck.violations(history);
    List<Operation> failed = history.stream().filter(Operation::failed).toList();
    System.out.printf(
        "consistency, %s: seed %d, %d operations in %.1f s, %d failed, %d went back%n",
        what, SEED, history.size(), load.seconds(), failed.size(), violations.size());
    assertEquals("", String.join("\n", Excerpt.of(violations, load.startNanos(), SEED)));
    assertEquals(List.of(), failed.stream().limit(SHOWN_MAX).toList());
  }

  /** As many looks long; each takes some ten milliseconds. */
  private static void pauseReplay(int looks) {
    replica("SELECT pg_wal_replay_pause()");
    try {
      int[] left = {looks};
      Await.until("the end of the pause", LIMIT, () -> left[0]-- <= 0);
    } finally {
      replica("SELECT pg_wal_replay_resume()");
    }
  }

  private static void replica(String query) {
    try {
      String _ = Connect.query(TestServers.shared().replicaUrl(), query);
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }
}
