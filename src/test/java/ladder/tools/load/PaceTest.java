package ladder.tools.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MS = 1_000_000;

  @Test
  void aRateHasItsStartsAtEqualIntervals() {
    Pace.Open pace = new Pace.Open(1_000, 0, 10 * MS);
    assertEquals(0, pace.take(0));
    assertEquals(Pace.NONE, pace.take(MS - 1));
    assertEquals(MS, pace.untilNext(0));
    assertEquals(MS, pace.take(MS));
    assertEquals(8, pace.waiting(50 * MS), "ten in all, of which two are taken");
    assertEquals(2 * MS, pace.take(50 * MS), "the intended start, however late it is");
    assertEquals(Long.MAX_VALUE, pace.untilNext(50 * MS));
  }

  @Test
  void aRateOpensConnectionsForWhatWaits() {
    Pace.Open pace = new Pace.Open(1_000, 0, 1_000 * MS);
    assertEquals(4, pace.connections(3, 0));
    assertEquals(19, pace.connections(3, 500 * MS));
    assertEquals(Pace.Open.CONNECTIONS_MAX, pace.connections(995, 500 * MS));
  }

  @Test
  void aClientStartsWhenItMayUntilTheEnd() {
    Pace pace = new Pace.Closed(3, 10);
    assertEquals(7, pace.take(7));
    assertEquals(3, pace.connections(0, 7));
    assertEquals(Pace.NONE, pace.take(10));
    assertEquals(2, pace.connections(2, 10));
  }

  @Test
  void aStallCountsForEveryRequestThatShouldHaveStartedInIt() {
    // One answer takes a second; 1000 requests should have started meanwhile (Tene's example).
    FakeClock clock = new FakeClock();
    long start = clock.nanos();
    long end = start + Duration.ofSeconds(1).toNanos();
    Pace pace = new Pace.Open(1_000, start, end);
    Tally tally = new Tally(start, end);
    long first = pace.take(start);
    clock.advance(Duration.ofSeconds(1));
    tally.answered(first, clock.nanos(), 200);
    for (long late = pace.take(clock.nanos()); late != Pace.NONE; late = pace.take(clock.nanos())) {
      tally.answered(late, clock.nanos(), 200);
    }
    LoadResult result = tally.result();
    assertEquals(1_000, result.requests());
    assertEquals(500, result.latency().p50(), 2);
    assertEquals(990, result.latency().p99(), 2);
    assertEquals(1_000, result.latency().max(), 2);
  }

  @Test
  void countsWhatIsInTheMeasuredTimeAlone() {
    Tally tally = new Tally(100 * MS, 200 * MS);
    tally.answered(90 * MS, 95 * MS, 200);
    tally.answered(95 * MS, 105 * MS, 200);
    tally.answered(150 * MS, 160 * MS, 429);
    tally.answered(199 * MS, 250 * MS, 200);
    tally.failed(150 * MS, 190 * MS, "closed");
    LoadResult result = tally.result();
    assertEquals(3, result.requests());
    assertEquals(20, result.throughput(), 0.001, "two answers arrived within 0.1 s");
    assertEquals(List.of("200=1", "429=1"), strings(result.statuses()));
    assertEquals(List.of("closed=1"), strings(result.errors()));
    assertEquals(1 / 3.0, result.successShare(), 0.001);
    assertEquals(51, result.latency().max(), 0.1);
    assertEquals(40, result.latency().p50(), 0.1, "what was waited in vain counts");
  }

  private static List<String> strings(java.util.Map<String, Long> counts) {
    return new java.util.TreeMap<>(counts).entrySet().stream().map(Object::toString).toList();
  }
}
