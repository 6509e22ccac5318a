package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Ledger.Standing;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

/** What becomes of entries: delivered on every channel, in time, and never for nothing. */
class JournalIT extends OpenedJournals {
  @Test
  void deliversWhatIsAppendedOnEveryChannel() throws Exception {
    Journal journal = open();
    append(journal, 1, 20);
    awaitDone(40);
    Await.until("no lag", LIMIT, () -> lag(journal, "email") == 0 && lag(journal, "audit") == 0);
    assertEquals(20, journal.stats().appended());
    assertEquals(20, journal.stats().channels().get("audit").delivered());
    assertEquals(Fixture.event(1), email.tried.getFirst());
  }

  @Test
  void manyCallersShareAFlush() throws Exception {
    Journal journal = open();
    List<Thread> callers = new ArrayList<>();
    for (int c = 0; c < 64; c++) {
      int from = c * 20 + 1;
      callers.add(Thread.startVirtualThread(() -> append(journal, from, from + 19)));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    Journal.Stats stats = journal.stats();
    assertEquals(1280, stats.appended());
    assertTrue(stats.forced() < stats.appended() / 2, "flushes: " + stats.forced());
    awaitDone(2560);
  }

  @Test
  void channelsStandStillIndependently() throws Exception {
    email.answer = e -> new Unavailable("down");
    Journal journal = open();
    append(journal, 1, 50);
    awaitDone(50);
    Await.until("audit", LIMIT, () -> lag(journal, "audit") == 0);
    assertEquals(50, lag(journal, "email"));
    email.answer = e -> new Delivered();
    awaitDone(100);
  }

  @Test
  void aRefusedEntryIsADeadLetterAndTheOthersArrive() throws Exception {
    email.answer = e -> e.userId() == 3 ? new Refused("no") : new Delivered();
    Journal journal = open();
    append(journal, 1, 10);
    awaitDone(20);
    assertTrue(ledger.isDead(Fixture.event(3)));
    assertEquals(1, journal.stats().channels().get("email").dead());
  }

  @Test
  void ignoresWhatRolledBackAndWaitsForWhatIsRunning() throws Exception {
    ledger.set(Fixture.event(1), Standing.VOID);
    ledger.set(Fixture.event(2), Standing.PENDING);
    Journal journal = open();
    append(journal, 1, 3);
    awaitDone(2);
    assertEquals(List.of(Fixture.event(3)), email.tried);
    ledger.set(Fixture.event(2), Standing.DUE);
    awaitDone(4);
    assertFalse(email.tried.contains(Fixture.event(1)));
  }

  @Test
  void waitsForALedgerThatIsAway() throws Exception {
    ledger.away = true;
    Journal journal = open();
    append(journal, 1, 5);
    Await.until("the ledger is asked", LIMIT, () -> ledger.asked > 2);
    assertTrue(email.tried.isEmpty());
    ledger.away = false;
    awaitDone(10);
  }

  @Test
  void refusesAppendsWhileTheDiskIsNearlyFull() throws Exception {
    Journal journal = open(Clock.system(), LIMIT, Long.MAX_VALUE);
    UnavailableException e =
        assertThrows(UnavailableException.class, () -> journal.append(List.of(Fixture.event(1))));
    assertTrue(
        String.valueOf(e.getCause()).contains("free some"), () -> "caused by " + e.getCause());
    assertEquals("the journal cannot be written", e.getMessage(), "what clients are told");
  }

  @Test
  void closesWithinItsBoundAndDeliversTheRestNextTime() throws Exception {
    email.answer =
        e -> {
          try {
            new CountDownLatch(1).await();
            return new Delivered();
          } catch (InterruptedException x) {
            return new Unavailable("interrupted");
          }
        };
    Journal first = open(Clock.system(), Duration.ofMillis(50), 0);
    append(first, 1, 3);
    Await.until("a delivery under way", LIMIT, () -> !email.tried.isEmpty());
    first.close();
    first.close();
    assertThrows(UnavailableException.class, () -> first.append(List.of(Fixture.event(9))));
    email.answer = e -> new Delivered();
    open();
    awaitDone(6);
  }

  @Test
  void doesNotWaitForAReceiverThatIsDownWhenItCloses() throws Exception {
    email.answer = e -> new Unavailable("down");
    Journal journal = open(Clock.system(), Duration.ofHours(1), 0);
    append(journal, 1, 20);
    journal.close();
    assertEquals(20, audit.tried.size());
  }
}
