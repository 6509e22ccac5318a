package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalWriterTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final FakeDisk disk = new FakeDisk();
  private final AtomicLong nanos = new AtomicLong();
  private JournalWriter writer;

  private void open(boolean sync) {
    Journal.Options options =
        new Journal.Options(Path.of("unused"), sync, LIMIT, 1, LIMIT, 1L << 20, LIMIT, 1, LIMIT);
    Clock clock = FakeClock.of(nanos::get, java.time.Instant::now);
    writer =
        new JournalWriter(
            disk,
            new Journal.Context(options, new Fixture.FakeLedger(), clock, new Random(1)),
            () -> {});
    writer.start();
  }

  private void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @AfterEach
  void close() {
    disk.released.countDown();
    writer.finish();
  }

  @Test
  void refusesWhileTheDiskFailsAndGoesOnWhenItIsMended() {
    open(true);
    disk.fails = true;
    assertThrows(UnavailableException.class, () -> writer.append(List.of(new byte[1])));
    assertThrows(UnavailableException.class, writer::requireWritable);
    int written = disk.entries.size();
    assertThrows(UnavailableException.class, () -> writer.append(List.of(new byte[1])));
    assertEquals(written, disk.entries.size(), "refused without asking the disk");
    disk.fails = false;
    advance(JournalWriter.RETRY_MAX);
    writer.requireWritable();
    writer.append(List.of(new byte[2]));
    assertEquals(1, writer.forced.get());
  }

  @Test
  void anErrorWhileWritingRefusesItsCallersAndEndsNothing() {
    open(true);
    disk.breaks = true;
    assertThrows(UnavailableException.class, () -> writer.append(List.of(new byte[1])));
    disk.breaks = false;
    advance(JournalWriter.RETRY_MAX);
    writer.append(List.of(new byte[2]));
    assertEquals(1, writer.forced.get());
  }

  @Test
  void refusesWhileTheDiskIsNearlyFull() throws Exception {
    open(true);
    disk.free.set(1000);
    assertThrows(UnavailableException.class, () -> writer.append(List.of(new byte[1])));
    disk.free.set(Long.MAX_VALUE);
    assertTrue(disk.entries.isEmpty(), "nothing may touch the map of a full disk");
    advance(Duration.ofSeconds(1));
    writer.append(List.of(new byte[1]));
    assertEquals(1, writer.appended.get());
  }

  /** Each caller holds a connection to the database: what waits for the disk starves reads too. */
  @Test
  void aDiskThatStandsStillHoldsNobodyAndComesBackByItself() throws Exception {
    open(true);
    disk.hangs = true;
    ConcurrentLinkedQueue<Exception> refusals = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      callers.add(Thread.startVirtualThread(() -> append(refusals)));
    }
    for (Thread caller : callers) {
      assertTrue(caller.join(LIMIT), "a caller waits for the disk for ever");
    }
    assertEquals(10, refusals.size());
    advance(JournalWriter.DISK_MAX.plusNanos(1));
    for (int i = 0; i < 1_000; i++) {
      assertThrows(UnavailableException.class, writer::requireWritable);
      assertThrows(UnavailableException.class, () -> writer.append(List.of(new byte[1])));
    }
    disk.hangs = false;
    disk.released.countDown();
    Await.until("the disk is back", LIMIT, this::isWritable);
    writer.append(List.of(new byte[2]));
  }

  private boolean isWritable() {
    try {
      writer.requireWritable();
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }

  @Test
  void boundsTheAppendsThatWait() throws Exception {
    open(true);
    disk.hangs = true;
    ConcurrentLinkedQueue<Exception> refusals = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 2 * JournalWriter.WAITING_MAX + 100; i++) {
      callers.add(Thread.startVirtualThread(() -> append(refusals)));
    }
    Await.until(
        "a refusal at once", LIMIT, () -> refusals.stream().anyMatch(e -> e.getCause() == null));
    disk.hangs = false;
    disk.released.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    assertTrue(refusals.size() + writer.appended.get() >= callers.size());
  }

  private void append(ConcurrentLinkedQueue<Exception> refusals) {
    try {
      writer.append(List.of(new byte[1]));
    } catch (UnavailableException e) {
      refusals.add(e);
    }
  }

  @Test
  void forcesNothingWithSyncOff() throws Exception {
    open(false);
    writer.append(List.of(new byte[1]));
    assertEquals(0, disk.forces.get());
    assertEquals(1, writer.appended.get());
  }

  @Test
  void refusesAfterItIsClosed() {
    open(true);
    writer.finish();
    assertThrows(UnavailableException.class, () -> writer.append(List.of(new byte[1])));
  }
}
