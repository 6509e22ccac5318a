package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Unavailable;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

/** What lies on the disk: positions, days, and what another run or another reader finds there. */
class JournalFilesIT extends OpenedJournals {
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
  void passesAnEntryThatCannotBeRead() throws Exception {
    Journal first = open();
    append(first, 1, 1);
    awaitDone(2);
    first.close();
    Path queue = dir.resolve("queue");
    try (QueueFiles files = QueueFiles.open(queue, Clock.system())) {
      files.append("{broken".getBytes(StandardCharsets.UTF_8));
      files.append(new byte[] {0});
    }
    Journal second = open();
    append(second, 2, 2);
    awaitDone(4);
    assertEquals(2, second.stats().channels().get("email").dead());
  }

  @Test
  void anotherReaderSeesTheLagWhileItIsWritten() throws Exception {
    assertEquals(Map.of("email", 0L), Journal.lag(dir, List.of("email")));
    email.answer = e -> new Unavailable("down");
    Journal journal = open();
    append(journal, 1, 12);
    awaitDone(12);
    Await.until("the stored position of audit", LIMIT, () -> lagFromFiles().get("audit") == 0);
    assertEquals(12, lagFromFiles().get("email"));
  }

  private Map<String, Long> lagFromFiles() {
    try {
      return Journal.lag(dir, List.of("email", "audit"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deletesTheDaysThatAllChannelsArePastAndNoOther() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T23:59:00Z"));
    email.answer = e -> e.userId() == 2 ? new Unavailable("stays") : new Delivered();
    Journal journal = open(FakeClock.of(System::nanoTime, now::get));
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
    Journal again = open(FakeClock.of(System::nanoTime, now::get));
    append(again, 6, 6);
    awaitDone(12);
    Await.until("the last full day is gone", LIMIT, () -> days().size() == 1);
    assertEquals(6, email.tried.stream().distinct().count());
    assertEquals(6, audit.tried.size());
  }

  @SuppressWarnings("ThreadPriorityCheck") // yielding is for speed alone
  @Test
  void tellsTheLagWhileDaysComeAndGo() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));
    Journal journal = open(FakeClock.of(System::nanoTime, now::get));
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<Void> asking =
        CompletableFuture.runAsync(
            () -> {
              while (!ended.isDone()) {
                assertTrue(lag(journal, "email") <= 1);
                // Counting takes a lock that is not fair, and the test itself counts too.
                Thread.yield();
              }
            });
    for (int day = 1; day <= 8; day++) {
      now.updateAndGet(instant -> instant.plus(Duration.ofDays(1)));
      append(journal, day, day);
      awaitDone(2 * day);
      Await.until("no lag", LIMIT, () -> lag(journal, "email") + lag(journal, "audit") == 0);
    }
    ended.complete(null);
    asking.join();
    assertEquals(2, days().size());
  }

  @Test
  void crossesMidnightsBetweenRuns() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));
    email.answer = e -> new Unavailable("down");
    Journal first = open(FakeClock.of(System::nanoTime, now::get));
    append(first, 1, 3);
    awaitDone(3);
    first.close();
    email.answer = e -> new Delivered();
    now.set(Instant.parse("2026-11-22T12:00:00Z"));
    Journal second = open(FakeClock.of(System::nanoTime, now::get));
    append(second, 4, 4);
    awaitDone(8);
    second.close();
    now.set(Instant.parse("2026-11-25T12:00:00Z"));
    Journal third = open(FakeClock.of(System::nanoTime, now::get));
    append(third, 5, 5);
    awaitDone(10);
    assertEquals(5, audit.tried.size());
  }

  @Test
  void anEmptyJournalHasNoLag() throws Exception {
    Journal journal = open();
    assertEquals(0, lag(journal, "email"));
    assertEquals(Map.of("email", 0L, "audit", 0L), lagFromFiles());
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
