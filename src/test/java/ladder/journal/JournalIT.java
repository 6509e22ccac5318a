package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import ladder.harness.Await;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Fixture.FakeChannel;
import ladder.journal.Fixture.FakeLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole journal on real files. */
class JournalIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path dir;
  private final FakeChannel email = new FakeChannel("email");
  private final FakeChannel audit = new FakeChannel("audit");
  private final FakeLedger ledger = new FakeLedger();
  private final List<Journal> opened = new ArrayList<>();

  private Journal open(InstantSource clock, Duration drainTimeout) throws IOException {
    Journal.Options options =
        new Journal.Options(
            dir,
            true,
            0,
            25,
            Duration.ofHours(24),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            drainTimeout);
    Journal journal =
        new Journal(options, List.of(email, audit), ledger, clock, System::nanoTime, new Random(1));
    opened.add(journal);
    return journal;
  }

  private Journal open() throws IOException {
    return open(InstantSource.system(), LIMIT);
  }

  @AfterEach
  void close() {
    opened.forEach(Journal::close);
  }

  private static void append(Journal journal, int from, int to) throws Exception {
    for (int n = from; n <= to; n++) {
      journal.append(Fixture.event(n));
    }
  }

  private void awaitDone(int deliveries) {
    Await.until(deliveries + " deliveries", LIMIT, () -> ledger.doneCount() == deliveries);
  }

  private long lag(Journal journal, String channel) {
    return journal.stats().channels().get(channel).lagEntries();
  }

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
      callers.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  append(journal, from, from + 19);
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
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
  void goesOnWhereItStoodAndRepeatsNothing() throws Exception {
    Journal first = open();
    append(first, 1, 10);
    awaitDone(20);
    email.answer = e -> new Unavailable("down");
    append(first, 11, 15);
    Await.until("audit", LIMIT, () -> lag(first, "audit") == 0);
    first.close();
    int auditTried = audit.tried.size();
    email.tried.clear();
    email.answer = e -> new Delivered();
    Journal second = open();
    awaitDone(30);
    assertEquals(5, email.tried.stream().distinct().count());
    assertEquals(5, email.tried.size());
    assertEquals(auditTried, audit.tried.size());
    append(second, 16, 16);
    awaitDone(32);
  }

  @Test
  void repeatsNothingWhenThePositionIsLost() throws Exception {
    Journal first = open();
    append(first, 1, 10);
    awaitDone(20);
    first.close();
    Files.writeString(dir.resolve("positions/email"), "garbage");
    Files.delete(dir.resolve("positions/audit"));
    Journal second = open();
    append(second, 11, 11);
    awaitDone(22);
    assertEquals(11, email.tried.size());
    assertEquals(11, audit.tried.size());
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
  void passesAnEntryThatCannotBeRead() throws Exception {
    Journal first = open();
    append(first, 1, 1);
    awaitDone(2);
    first.close();
    Path queue = dir.resolve("queue");
    try (QueueFiles files = QueueFiles.open(queue, InstantSource.system(), System::nanoTime)) {
      files.append("{broken".getBytes(StandardCharsets.UTF_8));
      files.append(new byte[] {0});
    }
    Journal second = open();
    append(second, 2, 2);
    awaitDone(4);
    assertEquals(2, second.stats().channels().get("email").dead());
  }

  @Test
  void refusesAppendsWhileTheDiskIsNearlyFull() throws Exception {
    Journal.Options full =
        new Journal.Options(
            dir,
            true,
            Long.MAX_VALUE,
            25,
            Duration.ofHours(24),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            LIMIT);
    try (Journal journal =
        new Journal(
            full, List.of(), ledger, InstantSource.system(), System::nanoTime, new Random(1))) {
      assertThrows(JournalUnavailableException.class, () -> journal.append(Fixture.event(1)));
    }
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
    Journal first = open(InstantSource.system(), Duration.ofMillis(50));
    append(first, 1, 3);
    Await.until("a delivery under way", LIMIT, () -> !email.tried.isEmpty());
    first.close();
    first.close();
    assertThrows(JournalUnavailableException.class, () -> first.append(Fixture.event(9)));
    email.answer = e -> new Delivered();
    open();
    awaitDone(6);
  }

  @Test
  void doesNotWaitForAReceiverThatIsDownWhenItCloses() throws Exception {
    email.answer = e -> new Unavailable("down");
    Journal journal = open(InstantSource.system(), Duration.ofHours(1));
    append(journal, 1, 20);
    journal.close();
    assertEquals(20, audit.tried.size());
  }

  @Test
  void onlyOneProcessMayUseADirectory() throws Exception {
    open();
    IOException e = assertThrows(IOException.class, this::open);
    assertTrue(String.valueOf(e.getMessage()).contains("LADDER_DATA_DIR"), e.getMessage());
  }

  @Test
  void anotherReaderSeesPositionsAndLagWhileItIsWritten() throws Exception {
    assertEquals(-1, Journal.read(dir, List.of("email")).last());
    email.answer = e -> new Unavailable("down");
    Journal journal = open();
    append(journal, 1, 12);
    awaitDone(12);
    Await.until(
        "the stored position of audit", LIMIT, () -> status().channels().get(1).lagEntries() == 0);
    assertEquals(12, status().channels().get(0).lagEntries());
    assertEquals(status().last(), status().channels().get(1).position());
  }

  private JournalStatus status() {
    try {
      return Journal.read(dir, List.of("email", "audit"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deletesTheDaysThatAllChannelsArePastAndNoOther() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T23:59:00Z"));
    email.answer = e -> e.userId() == 2 ? new Unavailable("stays") : new Delivered();
    Journal journal = open(now::get, LIMIT);
    append(journal, 1, 1);
    awaitDone(2);
    now.set(Instant.parse("2026-11-21T00:01:00Z"));
    append(journal, 2, 2);
    awaitDone(3);
    now.set(Instant.parse("2026-11-22T00:01:00Z"));
    append(journal, 3, 3);
    awaitDone(5);
    Await.until("positions", LIMIT, () -> lag(journal, "audit") == 0);
    now.set(Instant.parse("2026-11-23T00:01:00Z"));
    append(journal, 4, 4);
    awaitDone(7);
    // The position of email stands on the 20th, since the entry after it is not done.
    assertEquals(
        List.of("20261120F.cq4", "20261121F.cq4", "20261122F.cq4", "20261123F.cq4"), days());
    email.answer = e -> new Delivered();
    awaitDone(8);
    now.set(Instant.parse("2026-11-24T00:01:00Z"));
    append(journal, 5, 5);
    awaitDone(10);
    Await.until(
        "the first three days are gone",
        LIMIT,
        () -> days().equals(List.of("20261123F.cq4", "20261124F.cq4")));
    journal.close();
    Journal again = open(now::get, LIMIT);
    append(again, 6, 6);
    awaitDone(12);
    Await.until("the last full day is gone", LIMIT, () -> days().size() == 1);
    assertEquals(6, email.tried.stream().distinct().count());
    assertEquals(6, audit.tried.size());
  }

  @Test
  void crossesMidnightsBetweenRuns() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));
    email.answer = e -> new Unavailable("down");
    Journal first = open(now::get, LIMIT);
    append(first, 1, 3);
    awaitDone(3);
    first.close();
    email.answer = e -> new Delivered();
    now.set(Instant.parse("2026-11-22T12:00:00Z"));
    Journal second = open(now::get, LIMIT);
    append(second, 4, 4);
    awaitDone(8);
    second.close();
    now.set(Instant.parse("2026-11-25T12:00:00Z"));
    Journal third = open(now::get, LIMIT);
    append(third, 5, 5);
    awaitDone(10);
    assertEquals(5, audit.tried.size());
  }

  @Test
  void aPositionThatIsNotInTheJournalMeansTheOldestEntry() throws Exception {
    Journal first = open();
    append(first, 1, 3);
    awaitDone(6);
    first.close();
    Files.writeString(dir.resolve("positions/email"), "1");
    Files.writeString(dir.resolve("positions/audit"), Long.toString(Long.MAX_VALUE / 2));
    Journal second = open();
    append(second, 4, 4);
    awaitDone(8);
    Await.until("no lag", LIMIT, () -> lag(second, "email") == 0 && lag(second, "audit") == 0);
    assertEquals(4, email.tried.size());
    assertEquals(4, audit.tried.size());
  }

  @Test
  void anEmptyJournalHasAStatus() throws Exception {
    open();
    assertEquals(-1, status().last());
    assertEquals(0, status().channels().getFirst().lagEntries());
  }

  private List<String> days() {
    try (Stream<Path> files = Files.list(dir.resolve("queue"))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".cq4"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
