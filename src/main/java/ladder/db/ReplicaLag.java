package ladder.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

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

  private final Deque<Sample> unreplayed = new ArrayDeque<>();

  synchronized void primaryAt(long position, long nanos) {
    Sample last = unreplayed.peekLast();
    if (last == null || last.position < position) {
      if (unreplayed.size() == SAMPLES_MAX) {
        // Keeps the oldest, whose age is the lag.
        unreplayed.removeLast();
      }
      unreplayed.addLast(new Sample(position, nanos));
    }
  }

  synchronized Duration replicaAt(long position, long nanos) {
    while (isReplayed(unreplayed.peekFirst(), position)) {
      unreplayed.removeFirst();
    }
    Sample oldest = unreplayed.peekFirst();
    return oldest == null ? Duration.ZERO : Duration.ofNanos(nanos - oldest.nanos);
  }

  private static boolean isReplayed(@Nullable Sample sample, long position) {
    return sample != null && sample.position <= position;
  }
}
