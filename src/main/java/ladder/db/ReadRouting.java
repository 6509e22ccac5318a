package ladder.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import ladder.time.Clock;

/**
 * Decides whether a read may go to the replica, if that answers. It may not while
 *
 * <ul>
 *   <li>its subject was written on this node within the window (the replica may not have it yet);
 *   <li>the replica's measured lag exceeds that window (then the rule above is not enough).
 * </ul>
 *
 * <p>The lag is sampled once a second, so for that long a replica that falls behind by more than
 * the window may still serve.
 *
 * <p>Recent writes stand in a fixed table of deadlines, one slot for each hash of a subject: no
 * growth, no clean-up, no lock. Two subjects that share a slot only send a read to the primary that
 * the replica could have served. Thread-safe.
 */
final class ReadRouting {
  /** 512 KiB; at 1,000 writes a second and 2 s, 3 in 100 reads take the primary needlessly. */
  private static final int SLOTS = 1 << 16;

  private final AtomicLongArray primaryUntil = new AtomicLongArray(SLOTS);
  private final Clock clock;
  private final long startNanos;
  private final long windowNanos;

  /**
   * @param window how long after a write its subject is read from the primary
   */
  ReadRouting(Duration window, Clock clock) {
    this.windowNanos = window.toNanos();
    this.clock = clock;
    this.startNanos = clock.nanos();
  }

  boolean replicaMayServe(Subject subject, Duration replicaLag) {
    // Without a window nothing is promised that a late replica could break.
    boolean late = windowNanos > 0 && replicaLag.toNanos() > windowNanos;
    return !late && elapsedNanos() >= primaryUntil.get(slot(subject));
  }

  void written(Subject subject) {
    primaryUntil.set(slot(subject), elapsedNanos() + windowNanos);
  }

  /** From 0 at start, so that the zeros of a fresh table are in the past. */
  private long elapsedNanos() {
    return clock.nanos() - startNanos;
  }

  /** The type counts too: users and orders have the same ids. */
  private static int slot(Subject subject) {
    long hash = 31L * subject.getClass().hashCode() + subject.hashCode();
    return (int) ((hash * 0x9E37_79B9_7F4A_7C15L) >>> 48);
  }
}
