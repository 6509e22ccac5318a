package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.admin.Statistics.Snapshot;
import ladder.cache.Cache;
import ladder.db.Database;
import ladder.http.Listener;
import ladder.journal.Journal;
import ladder.limit.Limiter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private final AtomicInteger snapshots = new AtomicInteger();
  private final Metrics metrics = new Metrics();
  private final Statistics statistics = new Statistics(this::snapshot, metrics, List.of("email"));

  /** The nth has n everywhere. */
  private Snapshot snapshot() {
    int n = snapshots.incrementAndGet();
    return new Snapshot(
        new Listener.Stats(n, n),
        new Cache.Stats(n, n, n, n, n, n),
        new Limiter.Stats(n, n, n),
        new Database.Stats(n, n, n, Duration.ofSeconds(n)),
        new Journal.Stats(n, n, n, Map.of("email", new Journal.ChannelStats(n, n, n, n, n))));
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void everyPageIsMadeFromOneSnapshot() {
    for (int page = 1; page <= 3; page++) {
      int before = snapshots.get();
      List<String> values =
          statistics
              .page()
              .lines()
              .filter(line -> line.startsWith("ladder_") && !line.contains("result=\"stale\""))
              .map(line -> line.substring(line.lastIndexOf(' ') + 1))
              .distinct()
              .toList();
      assertEquals(before + 1, snapshots.get());
      assertEquals(List.of(snapshots.get() + ".0"), values);
    }
  }

  @Test
  void aScrapeAndTheTreeShowTheSameNumbers() {
    long series = statistics.page().lines().filter(line -> line.startsWith("ladder_")).count();
    assertEquals(series, leaves(statistics.tree()));
    assertTrue(statistics.tree().toString().contains("email={delivered="), "the channel's");
  }

  private static long leaves(Map<?, ?> tree) {
    return tree.values().stream()
        .mapToLong(below -> below instanceof Map<?, ?> map ? leaves(map) : 1)
        .sum();
  }

  @Test
  void theTreeIsMadeFromOneSnapshotToo() {
    int before = snapshots.get();
    assertEquals(
        Map.of("inflight", before + 1L, "shed", before + 1L), statistics.tree().get("http"));
    assertEquals(before + 1, snapshots.get());
  }
}
