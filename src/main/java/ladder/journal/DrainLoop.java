package ladder.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import ladder.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one drainer on a virtual thread: steps while there is work, sleeps until it is woken or the
 * next entry is due, and stores the position now and then. Thread-safe.
 */
final class DrainLoop {
  /** Each costs a flush of its own; what it saves is look-ups after a crash. */
  private static final long CHECKPOINT_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Logger log = LoggerFactory.getLogger(DrainLoop.class);

  final Drainer drainer;
  final Thread thread;
  private final Checkpoint checkpoint;
  private final Clock clock;

  /** A permit for each call of {@link #wake}: one that comes while a step runs is not missed. */
  private final Semaphore calls = new Semaphore(0);

  private volatile boolean draining;
  private volatile boolean stopped;
  private boolean storing = true;
  private boolean broken;
  private long storedNanos;

  DrainLoop(Drainer drainer, Checkpoint checkpoint, Clock clock) {
    this.drainer = drainer;
    this.checkpoint = checkpoint;
    this.clock = clock;
    this.storedNanos = clock.nanos();
    this.thread = Thread.ofVirtual().name("drain-" + drainer.name()).unstarted(this::run);
  }

  private void run() {
    try {
      while (!stopped) {
        calls.drainPermits();
        long wait = stepOrHold();
        storePosition(false);
        if (wait > 0) {
          if (draining && (broken || drainer.nothingToGain())) {
            break;
          }
          calls.tryAcquire(Math.min(wait, Drainer.POLL_NANOS_MAX), TimeUnit.NANOSECONDS);
        }
      }
    } catch (InterruptedException e) {
      log.info("{}: stopped in the midst of a delivery, it is made again", drainer.name());
    } finally {
      // A pending interrupt would close the checkpoint's file while it is written.
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

  private void storePosition(boolean last) {
    long now = clock.nanos();
    if (!last && now - storedNanos < CHECKPOINT_NANOS) {
      return;
    }
    storedNanos = now;
    try {
      checkpoint.store(drainer.position());
      storing = true;
    } catch (IOException e) {
      if (storing) {
        log.warn("{}: its position is not stored, a restart looks back: {}", drainer.name(), e);
      }
      storing = false;
    }
  }

  void wake() {
    calls.release();
  }

  /** Ends the loop when it is caught up, or when only others could help. */
  void drain() {
    draining = true;
    wake();
  }

  /** Ends the loop, and the delivery at hand. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }
}
