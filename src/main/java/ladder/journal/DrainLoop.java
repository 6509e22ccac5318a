package ladder.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one drainer: steps while there is work, sleeps until the bell or the next due time, and
 * stores the position now and then. {@code run} belongs to one thread; the rest is thread-safe.
 */
final class DrainLoop implements Runnable {
  /** Each costs a flush of its own; what it saves is look-ups after a crash. */
  private static final long CHECKPOINT_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Logger log = LoggerFactory.getLogger(DrainLoop.class);

  private final Drainer drainer;
  private final Checkpoint checkpoint;
  private final Bell bell;
  private final LongSupplier nanoClock;
  private volatile boolean draining;
  private volatile boolean stopped;
  private boolean storing = true;
  private boolean broken;
  private long storedNanos;

  DrainLoop(Drainer drainer, Checkpoint checkpoint, Bell bell, LongSupplier nanoClock) {
    this.drainer = drainer;
    this.checkpoint = checkpoint;
    this.bell = bell;
    this.nanoClock = nanoClock;
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        long seen = bell.count();
        long wait = stepOrHold();
        storePosition(false);
        if (wait > 0) {
          if (draining && (broken || drainer.nothingToGain())) {
            break;
          }
          bell.await(seen, Math.min(wait, Drainer.POLL_NANOS_MAX));
        }
      }
    } catch (InterruptedException e) {
      log.info("{}: stopped in the midst of a delivery, it is made again", drainer.name());
    } finally {
      // An interrupt left standing would close the file under the pen.
      Thread.interrupted();
      storePosition(true);
    }
  }

  /** A journal that cannot be read is tried again, and reported once. */
  private long stepOrHold() throws InterruptedException {
    try {
      long wait = drainer.step();
      broken = false;
      return wait;
    } catch (RuntimeException e) {
      if (!broken) {
        log.error("{}: the journal cannot be read, it is tried again", drainer.name(), e);
      }
      broken = true;
      return Drainer.POLL_NANOS_MAX;
    }
  }

  private void storePosition(boolean now) {
    long nanos = nanoClock.getAsLong();
    if (!now && nanos - storedNanos < CHECKPOINT_NANOS) {
      return;
    }
    storedNanos = nanos;
    try {
      checkpoint.store(drainer.position());
      storing = true;
    } catch (IOException e) {
      if (storing) {
        log.warn(
            "{}: the position cannot be stored, a restart looks further back: {}",
            drainer.name(),
            e);
      }
      storing = false;
    }
  }

  /** Ends {@link #run} when it is caught up, or when only others could help. */
  void drain() {
    draining = true;
    bell.ring();
  }

  /** Ends {@link #run} after the entry at hand. */
  void stop() {
    stopped = true;
    bell.ring();
  }
}
