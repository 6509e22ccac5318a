package ladder.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes whatever appends are waiting, writes them, forces them to
 * disk once and wakes their callers: under load a flush is shared by many, when idle it is waited
 * for by one. A platform thread, since a flush would hold a virtual thread's carrier. {@link
 * #append} is thread-safe.
 */
final class JournalWriter implements AutoCloseable {
  /** Appends that wait; beyond it the disk is behind and callers are told at once. */
  static final int WAITING_MAX = 8_192;

  /** Bounds how long the first of a batch waits for the last. */
  static final int BATCH_MAX = 1_024;

  private static final long FREE_CHECK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long IDLE_NANOS = Duration.ofMillis(500).toNanos();

  /** A flush may hang with its disk; then the files are left open rather than unmapped under it. */
  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  /** Where entries go; used by the writer's thread only. */
  interface Target {
    void append(byte[] entry) throws IOException;

    /** Returns when all that was appended is on disk. */
    void force() throws IOException;

    /** What is to be done now and then, between batches. */
    void tidy();
  }

  /** Free space is asked of the file system. */
  interface FreeSpace {
    long bytes() throws IOException;
  }

  private static final class Append {
    final byte[] entry;
    final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

    Append(byte[] entry) {
      this.entry = entry;
    }
  }

  private final Target target;
  private final FreeSpace freeSpace;
  private final long freeBytesMin;
  private final boolean sync;
  private final long waitNanosMax;
  private final LongSupplier nanoClock;
  private final Bell bell;
  private final ArrayBlockingQueue<Append> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread;
  private final AtomicLong appended = new AtomicLong();
  private final AtomicLong forced = new AtomicLong();
  private volatile boolean closed;
  private boolean failing;
  private boolean freeChecked;
  private boolean spaceLeft;
  private long freeCheckedNanos;

  JournalWriter(
      Target target,
      FreeSpace freeSpace,
      long freeBytesMin,
      boolean sync,
      Duration waitMax,
      LongSupplier nanoClock,
      Bell bell) {
    this.target = target;
    this.freeSpace = freeSpace;
    this.freeBytesMin = freeBytesMin;
    this.sync = sync;
    this.waitNanosMax = waitMax.toNanos();
    this.nanoClock = nanoClock;
    this.bell = bell;
    this.thread = Thread.ofPlatform().name("journal-writer").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void append(byte[] entry) {
    if (closed) {
      throw new JournalUnavailableException("the journal is closing", null);
    }
    Append append = new Append(entry);
    if (!waiting.offer(append)) {
      throw new JournalUnavailableException(
          WAITING_MAX + " appends are waiting already: the disk is behind", null);
    }
    try {
      append.done.get(waitNanosMax, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new JournalUnavailableException(
          "the entry was not written: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      append.done.cancel(false);
      throw new JournalUnavailableException(
          "the entry was not on disk within " + TimeUnit.NANOSECONDS.toMillis(waitNanosMax) + " ms",
          e);
    } catch (InterruptedException e) {
      append.done.cancel(false);
      Thread.currentThread().interrupt();
      throw new JournalUnavailableException("interrupted while the entry was written", e);
    }
  }

  private void run() {
    List<Append> batch = new ArrayList<>(BATCH_MAX);
    while (true) {
      try {
        Append first = waiting.poll(closed ? 0 : IDLE_NANOS, TimeUnit.NANOSECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, BATCH_MAX - 1);
          write(batch);
          batch.clear();
        } else if (closed) {
          return;
        }
        target.tidy();
      } catch (InterruptedException e) {
        // Nobody interrupts this thread: an interrupt would close Chronicle's files under it.
        log.warn("the journal's writer ignores an interrupt");
      }
    }
  }

  private void write(List<Append> batch) {
    int written = 0;
    try {
      requireSpace();
      for (Append append : batch) {
        // Callers that gave up have rolled back: their entries would be void.
        if (!append.done.isDone()) {
          target.append(append.entry);
          written++;
          appended.incrementAndGet();
        }
      }
      if (sync && written > 0) {
        target.force();
        forced.incrementAndGet();
      }
      if (failing) {
        log.info("the journal is written again");
      }
      failing = false;
      batch.forEach(append -> append.done.complete(null));
    } catch (IOException | RuntimeException | InternalError e) {
      // InternalError is how the JDK reports a memory-mapped page that the disk had no room for.
      if (!failing) {
        log.error("the journal cannot be written, sign-ups are refused", e);
      }
      failing = true;
      batch.forEach(append -> append.done.completeExceptionally(e));
    } finally {
      bell.ring();
    }
  }

  /** Chronicle writes through a memory map, which on a full disk can bring the JVM down. */
  private void requireSpace() throws IOException {
    long now = nanoClock.getAsLong();
    if (!freeChecked || now - freeCheckedNanos >= FREE_CHECK_NANOS) {
      freeChecked = true;
      freeCheckedNanos = now;
      spaceLeft = freeSpace.bytes() >= freeBytesMin;
    }
    if (!spaceLeft) {
      throw new IOException(
          "the journal's disk has less than " + (freeBytesMin >> 20) + " MiB left: free some");
    }
  }

  /** Entries in the journal by this process, those of refused appends included. */
  long appended() {
    return appended.get();
  }

  long forced() {
    return forced.get();
  }

  /** Refuses new appends and waits for those at hand; true when the thread has ended. */
  boolean finish() {
    closed = true;
    // Wakes the thread; when there is no room it is awake.
    Append nothing = new Append(new byte[0]);
    nothing.done.cancel(false);
    waiting.offer(nothing);
    boolean interrupted = false;
    try {
      if (thread.getState() == Thread.State.NEW) {
        return true;
      }
      if (!thread.join(JOIN_MAX)) {
        log.error("the journal's disk does not answer, its files are left open");
        return false;
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    waiting.forEach(
        append -> append.done.completeExceptionally(new IOException("the journal is closed")));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  @Override
  public void close() {
    finish();
  }
}
