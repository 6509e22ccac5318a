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
import ladder.failure.UnavailableException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes whatever appends are waiting, writes them, forces them to
 * disk once and wakes their callers: under load a flush is shared by many, when idle it is waited
 * for by one. A platform thread, since a flush would hold a virtual thread's carrier. Thread-safe.
 */
final class JournalWriter {
  /** Appends that wait; beyond it the disk is behind and callers are told at once. */
  static final int WAITING_MAX = 8_192;

  private static final long FREE_CHECK_NANOS = Duration.ofSeconds(1).toNanos();

  /** A flush may hang with its disk; then the files are left open rather than unmapped under it. */
  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  /** Where entries go; used by the writer's thread only. */
  interface Target {
    void append(byte[] entry) throws IOException;

    /** Returns when all that was appended is on disk. */
    void force() throws IOException;

    long freeBytes() throws IOException;
  }

  private static final class Append extends CompletableFuture<@Nullable Void> {
    final byte[] entry;

    Append(byte[] entry) {
      this.entry = entry;
    }
  }

  final Thread thread;
  private final Target target;
  private final long freeBytesMin;
  private final boolean sync;
  private final Duration waitMax;
  private final Clock clock;
  private final Runnable afterBatch;
  private final ArrayBlockingQueue<Append> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong appended = new AtomicLong();
  private final AtomicLong forced = new AtomicLong();
  private volatile boolean closed;
  private boolean failing;
  private boolean spaceLeft;
  private long freeCheckNanos;

  JournalWriter(
      Target target,
      long freeBytesMin,
      boolean sync,
      Duration waitMax,
      Clock clock,
      Runnable afterBatch) {
    this.target = target;
    this.freeBytesMin = freeBytesMin;
    this.sync = sync;
    this.waitMax = waitMax;
    this.clock = clock;
    this.afterBatch = afterBatch;
    this.freeCheckNanos = clock.nanos();
    this.thread = Thread.ofPlatform().name("journal-writer").daemon().unstarted(this::run);
  }

  void append(byte[] entry) {
    if (closed) {
      throw new UnavailableException("the journal is closing", null);
    }
    Append append = new Append(entry);
    if (!waiting.offer(append)) {
      throw new UnavailableException(
          WAITING_MAX + " appends are waiting already: the disk is behind", null);
    }
    try {
      append.get(waitMax.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      append.cancel(false);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      // What was wrong with the disk is in the log; this sentence goes to clients.
      throw new UnavailableException(
          e instanceof ExecutionException
              ? "the journal cannot be written"
              : "the entry was not on disk within " + waitMax.toMillis() + " ms",
          e);
    }
  }

  private void run() {
    List<Append> batch = new ArrayList<>();
    while (!closed || !waiting.isEmpty()) {
      try {
        batch.add(waiting.take());
      } catch (InterruptedException e) {
        // Nobody interrupts this thread: an interrupt would close Chronicle's files under it.
        log.warn("the journal's writer ignores an interrupt");
        continue;
      }
      waiting.drainTo(batch);
      // Callers that gave up have rolled back: their entries would be void.
      batch.removeIf(Append::isDone);
      if (!batch.isEmpty()) {
        write(batch);
        batch.clear();
        afterBatch.run();
      }
    }
  }

  private void write(List<Append> batch) {
    try {
      requireSpace();
      for (Append append : batch) {
        target.append(append.entry);
        appended.incrementAndGet();
      }
      if (sync) {
        target.force();
        forced.incrementAndGet();
      }
      if (failing) {
        log.info("the journal is written again");
      }
      failing = false;
      batch.forEach(append -> append.complete(null));
    } catch (IOException | RuntimeException | InternalError e) {
      // InternalError is how the JDK reports a memory-mapped page that the disk had no room for.
      if (!failing) {
        log.error("the journal cannot be written, sign-ups are refused", e);
      }
      failing = true;
      batch.forEach(append -> append.completeExceptionally(e));
    }
  }

  /** Chronicle writes through a memory map, which on a full disk can bring the JVM down. */
  private void requireSpace() throws IOException {
    long now = clock.nanos();
    if (now - freeCheckNanos >= 0) {
      spaceLeft = target.freeBytes() >= freeBytesMin;
      freeCheckNanos = now + FREE_CHECK_NANOS;
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
    // Wakes the thread; when there is no room for it, the thread is awake.
    Append nothing = new Append(new byte[0]);
    nothing.cancel(false);
    waiting.offer(nothing);
    boolean ended = false;
    try {
      ended = thread.join(JOIN_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      log.error("the journal's disk does not answer, its files are left open");
    }
    IOException late = new IOException("the journal is closed");
    waiting.forEach(append -> append.completeExceptionally(late));
    return ended;
  }
}
