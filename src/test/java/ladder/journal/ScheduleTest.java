package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import ladder.harness.FakeClock;
import ladder.journal.Delivery.Deferred;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Fixture.FakeLedger;
import ladder.journal.Ledger.Standing;
import org.junit.jupiter.api.Test;

/** What is delivered next, and what follows from what came of it: no threads, no I/O, no waits. */
class ScheduleTest {
  private static final int PLACES = 8;

  private long nanos;
  private long added;
  private final Schedule schedule =
      new Schedule(
          "email",
          Checkpoint.NONE,
          PLACES,
          new Journal.Context(
              Fixture.options(Path.of("unused"), 1_000),
              new FakeLedger(),
              FakeClock.of(() -> nanos, () -> Fixture.AT),
              new Random(1)));

  private Entry add() {
    added++;
    Entry entry = new Entry(added, added - 1, Fixture.event(added));
    schedule.add(entry);
    schedule.checked(entry, Standing.DUE);
    return entry;
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      Entry _ = add();
    }
  }

  private void advance(Duration by) {
    nanos += by.toNanos();
  }

  private void end(List<Entry> entries, Delivery delivery) {
    entries.forEach(entry -> schedule.ended(entry, delivery));
    schedule.toRecord().forEach(schedule::finished);
  }

  @Test
  void hasAsManyUnderWayAsThereArePlacesAndTheOldestFirst() {
    add(20);
    List<Entry> first = schedule.toDeliver();
    assertEquals(
        List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L), first.stream().map(e -> e.index).toList());
    assertTrue(schedule.toDeliver().isEmpty());
    end(first.subList(0, 3), new Delivered());
    assertEquals(3, schedule.toDeliver().size());
  }

  /** One at a time a receiver that takes half a second is a ceiling of two a second. */
  @Test
  void carriesTenSignUpsASecondToAReceiverThatTakesHalfASecond() {
    record UnderWay(Entry entry, long endNanos) {}
    Deque<UnderWay> underWay = new ArrayDeque<>();
    int delivered = 0;
    for (int tick = 0; tick < 6_000; tick++) {
      if (tick % 10 == 0) {
        Entry _ = add();
      }
      while (!underWay.isEmpty() && underWay.peek().endNanos() <= nanos) {
        end(List.of(underWay.remove().entry()), new Delivered());
        delivered++;
      }
      for (Entry entry : schedule.toDeliver()) {
        underWay.add(new UnderWay(entry, nanos + Duration.ofMillis(500).toNanos()));
      }
      advance(Duration.ofMillis(10));
    }
    assertEquals(600, added);
    assertTrue(delivered >= 594, "behind by " + (added - delivered));
  }

  @Test
  void aDeferredEntryHoldsNoOther() {
    add(PLACES);
    end(schedule.toDeliver(), new Deferred("450 greylisted"));
    add(30);
    List<Integer> delivered = new ArrayList<>();
    for (List<Entry> now = schedule.toDeliver(); !now.isEmpty(); now = schedule.toDeliver()) {
      delivered.add(now.size());
      end(now, new Delivered());
    }
    assertEquals(30, delivered.stream().mapToInt(n -> n).sum());
    assertEquals(PLACES, schedule.size());
    advance(Duration.ofSeconds(1));
    assertEquals(PLACES, schedule.toDeliver().size());
  }

  @Test
  void aReceiverThatAsksForAWaitGetsNothingMeanwhile() {
    add(20);
    List<Entry> first = schedule.toDeliver();
    end(first, new Unavailable("429", Duration.ofSeconds(30)));
    advance(Duration.ofMillis(29_999));
    assertTrue(schedule.toDeliver().isEmpty());
    assertTrue(schedule.waitNanos() <= Duration.ofMillis(1).toNanos());
    advance(Duration.ofMillis(1));
    assertEquals(PLACES, schedule.toDeliver().size(), "a wait that was asked for is no outage");
  }

  @Test
  void noReceiverStopsItsChannelForLong() {
    Entry _ = add();
    end(schedule.toDeliver(), new Unavailable("429", Duration.ofDays(365)));
    advance(Schedule.RETRY_AFTER_MAX);
    assertEquals(1, schedule.toDeliver().size());
  }

  @Test
  void oneDeliveryAtATimeFindsOutWhetherAnOutageIsOver() {
    add(20);
    end(schedule.toDeliver(), new Unavailable("connection refused"));
    for (int probe = 0; probe < 10; probe++) {
      assertTrue(schedule.toDeliver().isEmpty(), "before the outage's wait is over");
      advance(Schedule.PROBE_MAX);
      List<Entry> one = schedule.toDeliver();
      assertEquals(1, one.size());
      assertTrue(schedule.toDeliver().isEmpty(), "while one is under way");
      end(one, new Unavailable("connection refused"));
    }
  }

  /** Eight failures at once are one observation, not eight tries. */
  @Test
  void whatWasUnderWayAsAnOutageBeganDoesNotLengthenIt() {
    add(20);
    end(schedule.toDeliver(), new Unavailable("connection refused"));
    advance(Duration.ofSeconds(2));
    assertEquals(1, schedule.toDeliver().size());
  }

  /** Its own wait would be ten minutes by now; on a quiet node no other entry comes along. */
  @Test
  void whatFailedOftenInAnOutageGoesSoonWhenItIsOver() {
    Entry lonely = add();
    for (int failures = 0; failures < 30; failures++) {
      advance(Schedule.PROBE_MAX);
      end(schedule.toDeliver(), new Unavailable("connection refused"));
    }
    assertTrue(lonely.attempts >= 12, "attempts: " + lonely.attempts);
    advance(Schedule.PROBE_MAX);
    assertEquals(List.of(lonely), schedule.toDeliver());
  }

  @Test
  void whatWaitedForTheReceiverIsDueAtOnceWhenItIsBack() {
    add(40);
    for (int failures = 0; failures < 60; failures++) {
      advance(Schedule.PROBE_MAX);
      end(schedule.toDeliver(), new Unavailable("connection refused"));
    }
    advance(Schedule.PROBE_MAX);
    int delivered = 0;
    for (List<Entry> now = schedule.toDeliver(); !now.isEmpty(); now = schedule.toDeliver()) {
      assertTrue(now.size() <= PLACES);
      delivered += now.size();
      end(now, new Delivered());
    }
    assertEquals(40, delivered);
  }

  @Test
  void aHeapOfFailuresAndABacklogDoNotStarveEachOther() {
    add(100);
    for (int round = 0; round < 100; round++) {
      end(schedule.toDeliver(), new Deferred("450 later"));
      advance(Duration.ofMillis(100));
    }
    Entry fresh = add();
    boolean tried = false;
    for (int round = 0; round < 20 && !tried; round++) {
      List<Entry> now = schedule.toDeliver();
      tried = now.contains(fresh);
      end(now, new Deferred("450 later"));
      advance(Duration.ofMillis(100));
    }
    assertTrue(tried, "the new one has its turn within one round of those that fail");
  }
}
