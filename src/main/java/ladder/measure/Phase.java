package ladder.measure;

import java.util.Locale;

/** A place where a request's time can go. The order is that of {@code Server-Timing}. */
public enum Phase {
  /** Finding out who calls. */
  AUTH,
  /** Waiting for the limiter. */
  LIMIT,
  /** Waiting for the cache. */
  CACHE,
  /** Waiting for a connection from a pool. */
  POOL,
  /** Using that connection. */
  DB,
  /** Waiting until the journal is on disk. */
  JOURNAL;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The metric name in {@code Server-Timing}. */
  public String label() {
    return label;
  }
}
