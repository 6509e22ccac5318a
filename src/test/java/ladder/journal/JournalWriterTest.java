package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalWriterTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A disk that can be made to fail, to hang and to fill up. */
  private static final class Disk implements JournalWriter.Target {
    final List<byte[]> entries = new ArrayList<>();
    final AtomicInteger forces = new AtomicInteger();
    final CountDownLatch released = new CountDownLatch(1);
    final AtomicLong free = new AtomicLong(Long.MAX_VALUE);
    volatile boolean fails;
    volatile boolean hangs;

    @Override
    public void append(byte[] entry) {
      entries.add(entry);
    }

    @Override
    public void force() throws IOException {
      if (hangs) {
        try {
          released.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      if (fails) {
        throw new IOException("input/output error");
      }
      forces.incrementAndGet();
    }

    @Override
    public long freeBytes() {
      return free.get();
    }
  }

  private final Disk disk = new Disk();
  private final AtomicLong nanos = new AtomicLong();
  private JournalWriter writer;

  private JournalWriter open(boolean sync, Duration waitMax) {
    writer =
        new JournalWriter(
            disk,
            1L << 20,
            sync,
            waitMax,
            FakeClock.of(nanos::get, java.time.Instant::now),
            () -> {});
    writer.thread.start();
    return writer;
  }

  @AfterEach
  void close() {
    disk.released.countDown();
    writer.finish();
  }

  @Test
  void refusesWhenTheDiskFailsAndGoesOnWhenItIsMended() throws Exception {
    open(true, LIMIT);
    disk.fails = true;
    assertThrows(UnavailableException.class, () -> writer.append(new byte[1]));
    disk.fails = false;
    writer.append(new byte[2]);
    assertEquals(1, writer.forced());
  }

  @Test
  void refusesWhileTheDiskIsNearlyFullAndAsksOnceASecond() throws Exception {
    open(true, LIMIT);
    disk.free.set(1000);
    assertThrows(UnavailableException.class, () -> writer.append(new byte[1]));
    disk.free.set(Long.MAX_VALUE);
    assertThrows(UnavailableException.class, () -> writer.append(new byte[1]));
    assertTrue(disk.entries.isEmpty(), "nothing may touch the map of a full disk");
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    writer.append(new byte[1]);
    assertEquals(1, writer.appended());
  }

  @Test
  void givesUpWaitingForADiskThatHangs() {
    open(true, Duration.ofMillis(20));
    disk.hangs = true;
    assertThrows(UnavailableException.class, () -> writer.append(new byte[1]));
  }

  @Test
  void refusesAtOnceWhenTooManyWait() throws Exception {
    open(true, LIMIT);
    disk.hangs = true;
    ConcurrentLinkedQueue<Exception> refusals = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 2 * JournalWriter.WAITING_MAX + 100; i++) {
      callers.add(Thread.startVirtualThread(() -> append(refusals)));
    }
    Await.until("a refusal", LIMIT, () -> !refusals.isEmpty());
    assertTrue(String.valueOf(refusals.peek()).contains("waiting already"), "" + refusals.peek());
    disk.released.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(callers.size(), refusals.size() + writer.appended());
  }

  private void append(ConcurrentLinkedQueue<Exception> refusals) {
    try {
      writer.append(new byte[1]);
    } catch (UnavailableException e) {
      refusals.add(e);
    }
  }

  @Test
  void forcesNothingWhenToldSo() throws Exception {
    open(false, LIMIT);
    writer.append(new byte[1]);
    assertEquals(0, disk.forces.get());
    assertEquals(1, writer.appended());
  }

  @Test
  void refusesAfterItIsClosed() {
    open(true, LIMIT);
    writer.finish();
    assertThrows(UnavailableException.class, () -> writer.append(new byte[1]));
  }
}
