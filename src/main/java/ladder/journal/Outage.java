package ladder.journal;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts failures in a row and, from a given number on, holds everything back for a growing while:
 * one try at a time finds out whether the other side is back. Says so once when it begins and once
 * when it is over. Owned by one drainer's thread.
 */
final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private final String what;
  private final int failuresMin;
  private final Backoff backoff;
  private final Duration holdMax;
  private int failures;
  private long nextTryNanos;

  /** {@code failuresMin} failures in a row make an outage. */
  Outage(String what, int failuresMin, Backoff backoff, Duration holdMax) {
    this.what = what;
    this.failuresMin = failuresMin;
    this.backoff = backoff;
    this.holdMax = holdMax;
  }

  void failed(long nowNanos, String reason) {
    if (++failures == failuresMin) {
      log.warn("{} is unavailable, entries wait in the journal: {}", what, reason);
    }
    long hold = backoff.waitNanos(Math.max(1, failures - failuresMin + 1));
    nextTryNanos = nowNanos + Math.min(hold, holdMax.toNanos());
  }

  void succeeded() {
    if (failures >= failuresMin) {
      log.info("{} is back after {} failed tries", what, failures);
    }
    failures = 0;
  }

  /** How long to hold back; zero or less when a try is allowed. */
  long holdNanos(long nowNanos) {
    return failures >= failuresMin ? nextTryNanos - nowNanos : 0;
  }
}
