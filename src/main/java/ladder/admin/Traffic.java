package ladder.admin;

import java.time.Duration;
import ladder.admin.Statistics.Snapshot;

/**
 * What requests asked for in a span of time, for the choice of the next rung.
 *
 * @param lookups in the cache, or loads where it is turned off
 * @param decisions of the limiter, of which {@code denied} refused
 */
record Traffic(
    long lookups,
    long hits,
    long decisions,
    long denied,
    Callers.Top caller,
    Duration replicaLag,
    long shed) {
  /** The differences of the counters at the span's ends. */
  static Traffic between(Snapshot then, Snapshot now, Callers.Top caller) {
    return new Traffic(
        lookups(now) - lookups(then),
        now.cache().hits()
            + now.cache().negatives()
            - then.cache().hits()
            - then.cache().negatives(),
        decisions(now) - decisions(then),
        now.limit().denied() - then.limit().denied(),
        caller,
        now.database().replicaLag(),
        now.http().shed() - then.http().shed());
  }

  private static long lookups(Snapshot s) {
    long asked = s.cache().hits() + s.cache().negatives() + s.cache().misses() + s.cache().errors();
    return Math.max(asked, s.cache().loads());
  }

  private static long decisions(Snapshot s) {
    return s.limit().allowed() + s.limit().denied() + s.limit().fallback();
  }

  double hitRatio() {
    return lookups == 0 ? 0 : (double) hits / lookups;
  }

  double deniedShare() {
    return decisions == 0 ? 0 : (double) denied / decisions;
  }
}
