package ladder.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Decides whether a read may go to the replica. It may not while
 *
 * <ul>
 *   <li>its subject was written on this node within the window (the replica may not have it yet);
 *   <li>the replica's measured lag exceeds that window (the rule above would promise too much);
 *   <li>the replica failed a moment ago (so that an outage costs one wait a second, not one a
 *       read).
 * </ul>
 *
 * <p>Recent writes stand in a fixed table of deadlines, one slot for each hash of a subject: no
 * growth, no clean-up, no lock. Two subjects that share a slot only send a read to the primary that
 * the replica could have served. Thread-safe.
 */
final class ReadRouting {
  /** 512 KiB; at 1,000 writes a second and 2 s, 3 in 100 reads take the primary needlessly. */
  private static final int SLOTS = 1 << 16;

  private static final long REST_NANOS_AFTER_FAILURE = Duration.ofSeconds(1).toNanos();

  private final AtomicLongArray primaryUntil = new AtomicLongArray(SLOTS);
  private final AtomicLong restUntil;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private final long windowNanos;
  private volatile boolean late;

  /**
   * @param window how long after a write its subject is read from the primary
   */
  ReadRouting(Duration window, LongSupplier nanoClock) {
    this.windowNanos = window.toNanos();
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
    this.restUntil = new AtomicLong();
  }

  boolean replicaMayServe(long subject) {
    long now = elapsedNanos();
    return !late && now >= restUntil.get() && now >= primaryUntil.get(slot(subject));
  }

  void written(long subject) {
    primaryUntil.set(slot(subject), elapsedNanos() + windowNanos);
  }

  /** True for the first failure of an outage, so that it is told once. */
  boolean replicaFailed() {
    long now = elapsedNanos();
    return restUntil.getAndSet(now + REST_NANOS_AFTER_FAILURE) < now - REST_NANOS_AFTER_FAILURE;
  }

  void replicaLag(Duration lag) {
    late = lag.toNanos() > windowNanos;
  }

  /** From 0 at start, so that the zeros of a fresh table are in the past. */
  private long elapsedNanos() {
    return nanoClock.getAsLong() - startNanos;
  }

  private static int slot(long subject) {
    return (int) ((subject * 0x9E37_79B9_7F4A_7C15L) >>> 48);
  }
}
