package ladder.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import ladder.time.PeriodicTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines on a platform thread of its own, many at once, so that a reader of the output that
 * stalls, stalls only this thread, and no virtual thread holds its carrier in a write.
 *
 * <p>When the queue is nearly full, lines of INFO and below are dropped and counted; the count is
 * logged when the output flows again. Warnings and errors have a part of the queue to themselves:
 * they are lost only if {@link #URGENT_LINES} of them wait already; these are counted, too. Nobody
 * who logs waits. Thread-safe.
 */
final class QueuedLines extends UnsynchronizedAppenderBase<ILoggingEvent> {
  /** A second of the access log at full load; some 16 MiB. */
  static final int LINES_MAX = 16_384;

  /** As many warnings and errors as a bad minute makes. */
  static final int URGENT_LINES = 4_096;

  /** Lines gather for so long, so that one write serves many and few of them wake the writer. */
  private static final Duration GATHER = Duration.ofMillis(5);

  /** An idle writer is woken by the next line; so often it looks whether the program ends. */
  private static final Duration IDLE = Duration.ofMillis(100);

  private static final int BATCH_BYTES_MAX = 65_536;

  /** How long the end of the program waits for what is queued. */
  private static final Duration FLUSH_MAX = Duration.ofSeconds(2);

  private static final Duration CLOSE_MAX = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(QueuedLines.class);

  private final ArrayBlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(LINES_MAX);
  private final LongAdder dropped = new LongAdder();
  private final CountDownLatch flushed = new CountDownLatch(1);
  private final Encoder<ILoggingEvent> encoder;
  private final OutputStream out;
  private final PeriodicTask writer;

  QueuedLines(Encoder<ILoggingEvent> encoder, OutputStream out) {
    this.encoder = encoder;
    this.out = new BufferedOutputStream(out, BATCH_BYTES_MAX);
    this.writer =
        new PeriodicTask("log", Thread.ofPlatform().daemon(), CLOSE_MAX, this::writeQueued);
  }

  @Override
  public void start() {
    super.start();
    PeriodicTask _ = writer.start();
  }

  /** Writes what is queued, within a bound. Idempotent. */
  @Override
  public void stop() {
    super.stop();
    try {
      boolean _ = flushed.await(FLUSH_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writer.close();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    boolean urgent = event.getLevel().isGreaterOrEqual(Level.WARN);
    if ((!urgent && queue.remainingCapacity() <= URGENT_LINES) || !queue.offer(event)) {
      dropped.increment();
    }
  }

  private long writeQueued() throws IOException, InterruptedException {
    ILoggingEvent first = queue.poll(IDLE.toNanos(), TimeUnit.NANOSECONDS);
    if (first == null) {
      if (!isStarted()) {
        flushed.countDown();
      }
      return 0;
    }
    List<ILoggingEvent> lines = new ArrayList<>(List.of(first));
    int _ = queue.drainTo(lines);
    for (ILoggingEvent line : lines) {
      out.write(encoder.encode(line));
    }
    out.flush();
    long lost = dropped.sumThenReset();
    if (lost > 0) {
      log.warn("{} lines of the log were dropped, because its output stood still", lost);
    }
    return isStarted() ? GATHER.toNanos() : 0;
  }
}
