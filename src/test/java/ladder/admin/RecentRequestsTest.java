package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.Map;
import ladder.harness.FakeClock;
import ladder.http.Listener;
import ladder.measure.Answered;
import ladder.measure.Phase;
import ladder.measure.Timings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecentRequestsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeClock clock = new FakeClock();
  private final Metrics metrics = new Metrics();
  private final RecentRequests requests = new RecentRequests(metrics, clock);

  @BeforeEach
  void watch() {
    metrics.latencies().watch(true);
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void countsEachSecondWhatWasAnsweredInIt() {
    answer(200, 1, 3);
    assertNull(look(0), "there is nothing to compare the first look with");
    for (int i = 0; i < 10; i++) {
      answer(200, 1, 0);
    }
    answer(429, 1, 0);
    answer(500, 1, 0);
    answer(503, 1, 0);
    clock.advance(Duration.ofMillis(500));
    Map<String, Object> point = look(4);
    assertEquals(26.0, point.get("rate"));
    assertEquals(2.0, point.get("limited"));
    assertEquals(4.0, point.get("errors"));
    assertEquals(8.0, point.get("shed"));
    assertEquals(7, point.get("inflight"));
    clock.advance(SECOND);
    assertEquals(0.0, look(4).get("rate"));
  }

  @Test
  void hasThePercentilesOfThatSecondAlone() {
    answer(200, 5_000, 0);
    assertNull(look(0));
    for (int i = 0; i < 98; i++) {
      answer(200, 10, 0);
    }
    answer(200, 100, 0);
    answer(200, 1_000, 0);
    clock.advance(SECOND);
    Map<String, Object> point = look(0);
    assertEquals(10, (double) point.get("p50"), 0.1);
    assertEquals(100, (double) point.get("p99"), 1);
    assertEquals(1_000, (double) point.get("p999"), 10);
    clock.advance(SECOND);
    assertNull(look(0).get("p50"));
  }

  @Test
  void splitsTheMeanRequestIntoItsPhasesAndTheRest() {
    assertNull(look(0));
    answer(200, 10, 4);
    answer(200, 20, 8);
    clock.advance(SECOND);
    Map<?, ?> phases = (Map<?, ?>) look(0).get("phases");
    assertEquals(6, (double) phases.get("primary"), 1e-6);
    assertFalse(phases.containsKey("cache"));
    assertEquals(9, (double) phases.get("rest"), 1e-6);
    clock.advance(SECOND);
    assertEquals(Map.of(), look(0).get("phases"));
  }

  @Test
  void beginsAnewWhenNobodyLookedForAWhile() {
    assertNull(look(0));
    clock.advance(Duration.ofMinutes(1));
    assertNull(look(0));
    clock.advance(SECOND);
    assertEquals(0.0, look(0).get("rate"));
  }

  @Test
  void recordsNoLatencyWhileNobodyLooks() {
    metrics.latencies().watch(false);
    answer(200, 1, 0);
    assertEquals(0, metrics.latencies().take().getTotalCount());
    metrics.latencies().watch(true);
    answer(200, 1, 0);
    assertEquals(1, metrics.latencies().take().getTotalCount());
  }

  private Map<String, Object> look(long shed) {
    return requests.since(new Listener.Stats(7, shed));
  }

  /** An answer that took so long, some of it in the database; the clock stands still meanwhile. */
  private void answer(int status, long millis, long inDatabaseMillis) {
    FakeClock own = new FakeClock();
    Timings timings = new Timings(own);
    ScopedValue.where(Timings.CURRENT, timings)
        .run(
            () -> {
              try (var _ = Timings.phase(Phase.PRIMARY)) {
                own.advance(Duration.ofMillis(inDatabaseMillis));
              }
            });
    long nanos = Duration.ofMillis(millis).toNanos();
    timings.finish(nanos);
    metrics.answered(new Answered("/x", "GET", status, "id", null, nanos, timings));
  }
}
