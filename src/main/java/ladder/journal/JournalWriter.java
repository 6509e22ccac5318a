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
import java.util.concurrent.atomic.LongAdder;
import ladder.failure.UnavailableException;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.PeriodicTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes whatever appends are waiting, writes them, forces them to
 * disk once and wakes their callers: under load a flush is shared by many, when idle it is waited
 * for by one. Each caller holds a connection to the database meanwhile, so the pool's size bounds
 * the batch: with ten connections 500 sign-ups take fifty flushes or more.
 *
 * <p>For the same reason a slow disk must not be waited for: a caller gives up after {@link
 * #DISK_MAX}, and while a flush has been under way for as long, or the disk fails, {@link
 * #requireWritable} refuses before a connection is taken. The flush that returns, or the try after
 * the outage's wait, lets appends in again.
 *
 * <p>A platform thread, since a flush would hold a virtual thread's carrier; nothing interrupts it,
 * since that would close Chronicle's files under it. Thread-safe.
 */
final class JournalWriter {
  /** Appends that wait; more than any pool has connections, whose holders they are. */
  static final int WAITING_MAX = 1_024;

  /** A flush takes 1 to 30 ms; a disk that needs this long is standing still. */
  static final Duration DISK_MAX = Duration.ofMillis(500);

  /** A flush may hang with its disk; then the files are left open rather than unmapped under it. */
  static final Duration JOIN_MAX = Duration.ofSeconds(1);

  /** Between two appends that try a disk which failed. */
  private static final Duration RETRY_MIN = Duration.ofMillis(100);

  static final Duration RETRY_MAX = Duration.ofSeconds(1);
  private static final long POLL_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  /** Where entries go; used by the writer's thread only. */
  interface Sink {
    void append(byte[] entry) throws IOException;

    /** Returns when all that was appended is on disk. */
    void force() throws IOException;

    /** Cheap enough to be asked before each batch; 0 when it cannot be found out. */
    long freeBytes();
  }

  private record Append(List<byte[]> entries, CompletableFuture<@Nullable Void> done) {}

  /** Entries written by this process, those of refused appends included. */
  final AtomicLong appended = new AtomicLong();

  /** Flushes that they took. */
  final AtomicLong forced = new AtomicLong();

  /** Appends that were refused because of the disk. */
  final LongAdder refused = new LongAdder();

  private final Sink sink;
  private final Journal.Options options;
  private final Clock clock;
  private final Runnable afterBatch;
  private final PeriodicTask task;
  private final Outage outage;
  private final ArrayBlockingQueue<Append> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private volatile boolean closed;
  private volatile boolean writing;
  private volatile long writingSinceNanos;

  JournalWriter(Sink sink, Journal.Context context, Runnable afterBatch) {
    this.sink = sink;
    this.options = context.options();
    this.clock = context.clock();
    this.afterBatch = afterBatch;
    this.task =
        new PeriodicTask(
            "journal-writer", Thread.ofPlatform().daemon(), Duration.ZERO, this::writeWaiting);
    this.outage =
        new Outage(
            "the journal's disk",
            "sign-ups are refused",
            1,
            context.backoff(RETRY_MIN, RETRY_MAX),
            clock);
  }

  void start() {
    PeriodicTask _ = task.start();
  }

  /** Throws UnavailableException when an append would be refused now. */
  void requireWritable() {
    if (closed) {
      throw new UnavailableException("the journal is closing");
    }
    boolean behind = writing && clock.nanos() - writingSinceNanos > DISK_MAX.toNanos();
    if (behind || outage.holdNanos() > 0) {
      throw behind();
    }
  }

  private UnavailableException behind() {
    refused.increment();
    return new UnavailableException("the journal's disk is behind");
  }

  /** Returns when the entries are on disk; throws UnavailableException when that is not sure. */
  void append(List<byte[]> entries) {
    requireWritable();
    Append append = new Append(entries, new CompletableFuture<>());
    if (!waiting.offer(append)) {
      throw behind();
    }
    task.wake();
    try {
      append.done.get(DISK_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      append.done.cancel(false);
      refused.increment();
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      // What was wrong with the disk is in the log; this sentence goes to clients.
      throw new UnavailableException(
          e instanceof ExecutionException
              ? "the journal cannot be written"
              : "the journal was not on disk within " + DISK_MAX.toMillis() + " ms",
          e);
    }
  }

  private long writeWaiting() {
    List<Append> batch = new ArrayList<>();
    waiting.drainTo(batch);
    // Callers that gave up have rolled back: their entries would be void.
    batch.removeIf(append -> append.done.isDone());
    if (batch.isEmpty()) {
      return POLL_NANOS;
    }
    writingSinceNanos = clock.nanos();
    writing = true;
    Throwable failure = null;
    try {
      write(batch);
      outage.succeeded();
    } catch (Throwable e) { // an InternalError is a mapped page that the disk had no room for
      failure = e;
      outage.failed(e.toString());
    }
    writing = false;
    for (Append append : batch) {
      boolean _ =
          failure == null ? append.done.complete(null) : append.done.completeExceptionally(failure);
    }
    afterBatch.run();
    return 0;
  }

  private void write(List<Append> batch) throws IOException {
    // Chronicle writes through a memory map, which on a full disk can bring the JVM down.
    long min = options.freeBytesMin();
    if (sink.freeBytes() < min) {
      throw new IOException(
          "the journal's disk has less than " + (min >> 20) + " MiB left: free some");
    }
    for (Append append : batch) {
      for (byte[] entry : append.entries) {
        sink.append(entry);
        appended.incrementAndGet();
      }
    }
    if (options.sync()) {
      sink.force();
      forced.incrementAndGet();
    }
  }

  /** Refuses new appends and waits for the batch at hand; true when the thread has ended. */
  boolean finish() {
    closed = true;
    task.finish();
    boolean ended = task.join(JOIN_MAX);
    if (!ended) {
      log.error("the journal's disk does not answer, its files are left open");
    }
    IOException late = new IOException("the journal is closed");
    waiting.forEach(append -> append.done.completeExceptionally(late));
    return ended;
  }
}
