package ladder.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import ladder.harness.Await;
import ladder.journal.Fixture.FakeChannel;
import ladder.journal.Fixture.FakeLedger;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests on real files share: journals with two channels in one directory. */
class OpenedJournals {
  static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path dir;
  final FakeChannel email = new FakeChannel("email");
  final FakeChannel audit = new FakeChannel("audit");
  final FakeLedger ledger = new FakeLedger();
  private final List<Journal> opened = new ArrayList<>();

  Journal open(Clock clock, Duration drainTimeout, long freeBytesMin) throws IOException {
    Journal.Options options =
        new Journal.Options(
            dir,
            true,
            Duration.ofMillis(20),
            25,
            Duration.ofMillis(200),
            freeBytesMin,
            Duration.ofHours(24),
            8,
            drainTimeout);
    Journal journal = new Journal(options, List.of(email, audit), ledger, clock, new Random(1));
    opened.add(journal);
    return journal;
  }

  Journal open(Clock clock) throws IOException {
    return open(clock, LIMIT, 0);
  }

  Journal open() throws IOException {
    return open(Clock.system());
  }

  @AfterEach
  void close() {
    opened.forEach(Journal::close);
  }

  static void append(Journal journal, int from, int to) {
    for (int n = from; n <= to; n++) {
      journal.append(List.of(Fixture.event(n)));
    }
  }

  void awaitDone(int deliveries) {
    Await.until(deliveries + " deliveries", LIMIT, () -> ledger.doneCount() == deliveries);
  }

  static long lag(Journal journal, String channel) {
    return journal.stats().channels().get(channel).lagEntries();
  }
}
