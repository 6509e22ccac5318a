package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import ladder.harness.FakeClock;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Fixture.FakeChannel;
import ladder.journal.Fixture.FakeLedger;
import ladder.journal.Ledger.Standing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drives the drainer step by step, with time and receivers of the test's own making. */
class DrainerTest {
  private static final int ATTEMPTS_MAX = 4;

  private final FakeChannel channel = new FakeChannel("email");
  private final FakeLedger ledger = new FakeLedger();
  private final Queue<Entry> journal = new ArrayDeque<>();
  private long nanos;
  private Duration sinceEvent = Duration.ZERO;
  private long added;
  private Executor deliveries = Runnable::run;
  private Drainer drainer;

  @BeforeEach
  void open() {
    drainer =
        new Drainer(
            channel,
            journal::poll,
            Checkpoint.NONE,
            new Journal.Context(
                Fixture.options(Path.of("unused"), ATTEMPTS_MAX),
                ledger,
                FakeClock.of(() -> nanos, () -> Fixture.AT.plus(sinceEvent)),
                new Random(1)),
            task -> deliveries.execute(task));
  }

  private Event add() {
    added++;
    Event event = Fixture.event(added);
    journal.add(new Entry(100 + added, 99 + added, event));
    return event;
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      add();
    }
  }

  /** Steps until there is nothing to do at this instant; returns the wait it asks for. */
  private long settle() {
    for (int i = 0; i < 10_000; i++) {
      long wait = drainer.step();
      if (wait > 0) {
        return wait;
      }
    }
    throw new AssertionError("the drainer does not come to rest");
  }

  private void settleThrough(Duration time) {
    long end = nanos + time.toNanos();
    while (nanos < end) {
      nanos += settle();
    }
    settle();
  }

  private Journal.ChannelStats stats() {
    return drainer.stats(0);
  }

  @Test
  void aRefusedEntryBecomesADeadLetterAtOnceAndDelaysNobody() {
    Event bad = add();
    add(5);
    channel.answer = e -> e.equals(bad) ? new Refused("no such mailbox") : new Delivered();
    settle();
    assertEquals("1 no such mailbox", ledger.dead.get(bad.id()));
    assertEquals(5, stats().delivered());
    assertEquals(106, drainer.position());
    assertEquals(6, channel.tried.size());
  }

  @Test
  void readsOnPastAnEntryThatWaitsAndKeepsItsPosition() {
    add();
    Event slow = add();
    add(3);
    channel.answer = e -> e.equals(slow) ? new Unavailable("greylisted") : new Delivered();
    settle();
    assertEquals(4, stats().delivered());
    assertEquals(101, drainer.position(), "the entry before the one that waits");
    channel.answer = e -> new Delivered();
    settleThrough(Duration.ofSeconds(2));
    assertEquals(5, stats().delivered());
    assertEquals(105, drainer.position());
  }

  @Test
  void givesUpOnlyAfterEnoughAttemptsAndEnoughAge() {
    Event bad = add();
    channel.answer = e -> new Unavailable("always");
    settleThrough(Duration.ofHours(2));
    assertTrue(channel.tried.size() > ATTEMPTS_MAX);
    assertFalse(ledger.isDead(bad), "young enough to be tried on");
    sinceEvent = Duration.ofHours(25);
    settleThrough(Duration.ofHours(1));
    assertTrue(ledger.isDead(bad));
    assertEquals(1, stats().dead());
    assertEquals(0, stats().waiting());
  }

  @Test
  void anOldEntryStillGetsAllItsAttempts() {
    sinceEvent = Duration.ofDays(3);
    Event late = add();
    channel.answer = e -> new Unavailable("starting up");
    settle();
    assertFalse(ledger.isDead(late));
    settleThrough(Duration.ofHours(1));
    assertTrue(ledger.isDead(late));
    assertEquals(ATTEMPTS_MAX, channel.tried.size());
  }

  @Test
  void doesNotHammerAReceiverThatIsDown() {
    add(500);
    channel.answer = e -> new Unavailable("connection refused");
    settle();
    assertEquals(8, channel.tried.size(), "those under way together");
    settleThrough(Duration.ofHours(1));
    // Doubling from 1 s to 1 min, at least half of each wait: at most two tries a minute.
    assertTrue(channel.tried.size() < 150, "tries in an hour: " + channel.tried.size());
    channel.answer = e -> new Delivered();
    settleThrough(Schedule.PROBE_MAX);
    assertEquals(500, stats().delivered());
    assertEquals(600, drainer.position());
  }

  @Test
  void entriesThatFailTogetherDoNotPassForAnOutageForLong() {
    Set<UUID> bad = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      bad.add(add().id());
    }
    add(50);
    channel.answer =
        e -> bad.contains(e.id()) ? new Unavailable("mailbox is full") : new Delivered();
    settleThrough(Duration.ofSeconds(30));
    assertEquals(50, stats().delivered());
    assertEquals(5, stats().waiting());
  }

  @Test
  void stopsReadingWhenTheWindowIsFull() {
    add(Schedule.SIZE_MAX + 100);
    for (long n = 1; n <= added; n++) {
      ledger.set(Fixture.event(n), Standing.PENDING);
    }
    settle();
    assertEquals(100, journal.size());
    assertEquals(Schedule.SIZE_MAX, stats().waiting());
    ledger.standings.clear();
    settleThrough(Duration.ofSeconds(6));
    assertEquals(Schedule.SIZE_MAX + 100, stats().delivered());
  }

  @Test
  void waitsForATransactionThatIsStillRunning() {
    Event running = add();
    ledger.set(running, Standing.PENDING);
    long wait = settle();
    assertTrue(wait <= Duration.ofMillis(2).toNanos(), "the first look back comes soon");
    settleThrough(Duration.ofMinutes(1));
    assertTrue(ledger.asked < 60, "looks in a minute: " + ledger.asked);
    assertTrue(channel.tried.isEmpty());
    assertEquals(0, stats().retries());
    ledger.set(running, Standing.DUE);
    settleThrough(Duration.ofSeconds(5));
    assertEquals(1, stats().delivered());
  }

  @Test
  void passesWhatRolledBackWhatIsDoneAndWhatCannotBeRead() {
    ledger.set(add(), Standing.VOID);
    ledger.set(add(), Standing.DONE);
    journal.add(new Entry(103, 102, null));
    settle();
    assertTrue(channel.tried.isEmpty());
    assertEquals(103, drainer.position());
    assertEquals(1, stats().dead());
  }

  @Test
  void aLedgerThatIsAwayCostsNoAttempt() {
    add(3);
    ledger.away = true;
    settleThrough(Duration.ofMinutes(5));
    assertTrue(channel.tried.isEmpty());
    assertTrue(ledger.asked < 150, "questions in five minutes: " + ledger.asked);
    ledger.away = false;
    settleThrough(Duration.ofSeconds(11));
    assertEquals(3, stats().delivered());
    assertEquals(0, stats().retries());
  }

  @Test
  void recordsADeliveryLaterWithoutRepeatingIt() {
    Event event = add();
    ledger.recordsAway = true;
    settleThrough(Duration.ofMinutes(1));
    assertFalse(ledger.isDone(event, "email"));
    ledger.recordsAway = false;
    settleThrough(Duration.ofSeconds(11));
    assertTrue(ledger.isDone(event, "email"));
    assertEquals(1, channel.tried.size());
  }

  /** Those are what a crash would repeat. */
  @Test
  void aLedgerThatRecordsNothingStopsDeliveriesAtTheirNumber() {
    add(50);
    ledger.recordsAway = true;
    settleThrough(Duration.ofMinutes(10));
    assertEquals(8, channel.tried.size());
  }

  @Test
  void aChannelThatBreaksIsTriedAgain() {
    add();
    channel.answer =
        e -> {
          throw new IllegalStateException("a bug");
        };
    settle();
    assertEquals(1, stats().retries());
    channel.answer = e -> new Delivered();
    settleThrough(Duration.ofSeconds(2));
    assertEquals(1, stats().delivered());
  }

  @Test
  void passesKindsThatItsChannelDoesNotWantWithoutTheLedger() {
    channel.wanting = false;
    add(300);
    settle();
    assertEquals(0, channel.tried.size() + ledger.asked + ledger.doneCount());
    assertEquals(400, drainer.position());
  }

  @Test
  void asksTheLedgerForManyAtOnce() {
    add(Schedule.BATCH_MAX);
    settle();
    assertEquals(1, ledger.asked);
    assertEquals(Schedule.BATCH_MAX, stats().delivered());
    assertTrue(ledger.batches.size() <= Schedule.BATCH_MAX / 8, "records: " + ledger.batches);
  }

  @Test
  void anEntryOnWhichTheLedgerFailsDelaysNobody() {
    add(5);
    Event spoilt = add();
    add(5);
    ledger.spoilt = spoilt.id();
    settle();
    assertEquals(10, stats().delivered());
    assertEquals(1, stats().waiting());
    ledger.spoilt = null;
    settleThrough(Duration.ofSeconds(2));
    assertEquals(11, stats().delivered());
  }

  @Test
  void whatTheLedgerMayHaveForgottenIsNotDeliveredAgain() {
    sinceEvent = Ledger.MEMORY.plusSeconds(1);
    Event old = add();
    settle();
    assertTrue(ledger.isDead(old));
    assertTrue(channel.tried.isEmpty());
  }

  @Test
  void recordsWhatIsUnderWayWhenItStopsAndStartsNothingMore() {
    List<Runnable> underWay = new ArrayList<>();
    deliveries = underWay::add;
    add(20);
    settle();
    assertEquals(8, underWay.size());
    drainer.stopStarting();
    settle();
    assertFalse(drainer.nothingToGain());
    underWay.forEach(Runnable::run);
    settle();
    assertTrue(drainer.nothingToGain());
    assertEquals(8, stats().delivered());
    assertEquals(108, drainer.position());
  }
}
