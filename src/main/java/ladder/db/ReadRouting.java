package ladder.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import ladder.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a read may go to the replica. It may not while
 *
 * <ul>
 *   <li>its subject was written on this node within the window (the replica may not have it yet);
 *   <li>the replica's measured lag exceeds that window (then the rule above is not enough);
 *   <li>the replica has failed and not answered {@link ReplicaMonitor} since, so that an outage
 *       costs the reads under way one wait, and those after it none.
 * </ul>
 *
 * <p>Recent writes stand in a fixed table of deadlines, one slot for each hash of a subject: no
 * growth, no clean-up, no lock. Two subjects that share a slot only send a read to the primary that
 * the replica could have served. Thread-safe.
 */
final class ReadRouting {
  private static final Logger log = LoggerFactory.getLogger(ReadRouting.class);

  /** 512 KiB; at 1,000 writes a second and 2 s, 3 in 100 reads take the primary needlessly. */
  private static final int SLOTS = 1 << 16;

  private final AtomicLongArray primaryUntil = new AtomicLongArray(SLOTS);
  private final AtomicBoolean down = new AtomicBoolean();
  private final Clock clock;
  private final long startNanos;
  private final long windowNanos;
  private volatile boolean late;

  /**
   * @param window how long after a write its subject is read from the primary
   */
  ReadRouting(Duration window, Clock clock) {
    this.windowNanos = window.toNanos();
    this.clock = clock;
    this.startNanos = clock.nanos();
  }

  boolean replicaMayServe(long subject) {
    return !late && !down.get() && elapsedNanos() >= primaryUntil.get(slot(subject));
  }

  void written(long subject) {
    primaryUntil.set(slot(subject), elapsedNanos() + windowNanos);
  }

  void replicaFailed(Exception e) {
    if (!down.getAndSet(true)) {
      log.warn("the replica can't answer, reads go to the primary: {}", e.getMessage());
    }
  }

  void replicaAnswered(Duration lag) {
    // Without a window nothing is promised that a late replica could break.
    late = windowNanos > 0 && lag.toNanos() > windowNanos;
    if (down.getAndSet(false)) {
      log.info("the replica answers again");
    }
  }

  /** From 0 at start, so that the zeros of a fresh table are in the past. */
  private long elapsedNanos() {
    return clock.nanos() - startNanos;
  }

  private static int slot(long subject) {
    return (int) ((subject * 0x9E37_79B9_7F4A_7C15L) >>> 48);
  }
}
