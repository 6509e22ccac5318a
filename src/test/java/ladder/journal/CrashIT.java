package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.journal.Fixture.FakeChannel;
import ladder.journal.Fixture.FakeLedger;
import ladder.time.Clock;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.single.TableStoreWriteLock;
import net.openhft.chronicle.threads.BusyTimedPauser;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that die in the midst of writing, and the start after them. */
class CrashIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Chronicle would wait this long for a lock whose holder is gone. */
  private static final Duration STALE_LOCK_WAIT = Duration.ofSeconds(10);

  @TempDir Path dir;
  private final FakeChannel email = new FakeChannel("email");
  private final FakeLedger ledger = new FakeLedger();

  private Journal open() throws IOException {
    return new Journal(
        Fixture.options(dir, 25), List.of(email), ledger, Clock.system(), new Random(1));
  }

  private Process child(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.add(dir.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Appends from several threads and prints the number of each entry that is answered for. */
  static final class Appender {
    public static void main(String[] args) throws Exception {
      int start = Integer.parseInt(args[1]);
      Journal journal =
          new Journal(
              Fixture.options(Path.of(args[0]), 25),
              List.of(),
              new FakeLedger(),
              Clock.system(),
              new Random(1));
      for (int t = 0; t < 8; t++) {
        int first = start + t * 1_000_000;
        Thread.ofPlatform().start(() -> appendForEver(journal, first));
      }
    }

    private static void appendForEver(Journal journal, int first) {
      try {
        for (int n = first; ; n++) {
          journal.append(List.of(Fixture.event(n)));
          synchronized (System.out) {
            System.out.println("answered " + n);
            System.out.flush();
          }
        }
      } catch (UnavailableException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void everyAnsweredAppendSurvivesKillNine() throws Exception {
    Set<Long> answered = new TreeSet<>();
    for (int round = 0; round < 4; round++) {
      Process child = child(Appender.class, Integer.toString(round * 10_000_000));
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        String line;
        int seen = 0;
        while ((line = out.readLine()) != null) {
          if (line.startsWith("answered ")) {
            answered.add(Long.parseLong(line.substring("answered ".length())));
            if (++seen == 200 + round * 77) {
              // Through the handle, which leaves the output open to be read to its end.
              child.toHandle().destroyForcibly();
            }
          }
        }
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
    long begun = System.nanoTime();
    try (Journal journal = open()) {
      journal.append(List.of(Fixture.event(99_000_000)));
      assertTrue(System.nanoTime() - begun < STALE_LOCK_WAIT.toNanos(), "waited for a dead lock");
      answered.add(99_000_000L);
      Await.until(
          "all of " + answered.size(),
          LIMIT,
          () -> journal.stats().channels().get("email").lagEntries() == 0);
    }
    Set<Long> delivered = email.tried.stream().map(Event::userId).collect(Collectors.toSet());
    Set<Long> lost = new TreeSet<>(answered);
    lost.removeAll(delivered);
    assertEquals(Set.of(), lost);
  }

  /** Dies with half a document written and Chronicle's lock taken. */
  static final class Torn {
    public static void main(String[] args) {
      SingleChronicleQueue queue =
          SingleChronicleQueueBuilder.binary(Path.of(args[0], "queue")).build();
      DocumentContext document = queue.createAppender().writingDocument();
      document.wire().bytes().write("half an ent".getBytes(StandardCharsets.UTF_8));
      Runtime.getRuntime().halt(137);
    }
  }

  @Test
  void goesOnAfterADocumentThatWasNeverFinished() throws Exception {
    try (Journal journal = open()) {
      journal.append(List.of(Fixture.event(1)));
    }
    assertEquals(137, child(Torn.class).waitFor());
    deliversOneMoreWithoutWaiting();
  }

  /** In a container the next process has the dead one's id, so the lock seems to be held. */
  @Test
  void breaksALockThatSeemsToBeItsOwn() throws Exception {
    try (Journal journal = open()) {
      journal.append(List.of(Fixture.event(1)));
    }
    try (SingleChronicleQueue queue =
        SingleChronicleQueueBuilder.binary(dir.resolve("queue")).build()) {
      new TableStoreWriteLock(queue.metaStore(), BusyTimedPauser::new, 1000L).lock();
      new TableStoreWriteLock(
              queue.metaStore(), BusyTimedPauser::new, 1000L, TableStoreWriteLock.APPEND_LOCK_KEY)
          .lock();
    }
    deliversOneMoreWithoutWaiting();
  }

  private void deliversOneMoreWithoutWaiting() throws Exception {
    long begun = System.nanoTime();
    try (Journal journal = open()) {
      journal.append(List.of(Fixture.event(2)));
      assertTrue(System.nanoTime() - begun < STALE_LOCK_WAIT.toNanos(), "waited for a dead lock");
      Await.until("both", LIMIT, () -> ledger.doneCount() == 2);
      assertEquals(0, journal.stats().channels().get("email").dead());
    }
  }
}
