package ladder.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import ladder.time.Clock;

/**
 * How far the replica is behind, from pairs of positions in the write-ahead log: the primary's,
 * sampled with the time, and the replica's. The lag is the age of the oldest sample that the
 * replica has not replayed. Unlike {@code now() - pg_last_xact_replay_timestamp()} it does not grow
 * while nothing is written, and it does grow while the replica is cut off. While the primary is
 * away nothing new can be missing on the replica, so it is not sampled. Thread-safe.
 */
final class ReplicaLag {
  /** Two minutes at one sample a second; a longer lag is reported as at least that. */
  private static final int SAMPLES_MAX = 120;

  private record Sample(long position, long nanos) {}

  private final Clock clock;
  private final Deque<Sample> unreplayed = new ArrayDeque<>();
  private volatile Duration current = Duration.ZERO;

  ReplicaLag(Clock clock) {
    this.clock = clock;
  }

  synchronized void primaryAt(long position) {
    Sample last = unreplayed.peekLast();
    if (last == null || last.position < position) {
      if (unreplayed.size() == SAMPLES_MAX) {
        // Keeps the oldest, whose age is the lag.
        unreplayed.removeLast();
      }
      unreplayed.addLast(new Sample(position, clock.nanos()));
    }
  }

  synchronized void replicaAt(long position) {
    boolean _ = unreplayed.removeIf(sample -> sample.position <= position);
    Sample oldest = unreplayed.peekFirst();
    current = oldest == null ? Duration.ZERO : Duration.ofNanos(clock.nanos() - oldest.nanos);
  }

  /** As of the replica's last position; zero before the first. */
  Duration current() {
    return current;
  }
}
