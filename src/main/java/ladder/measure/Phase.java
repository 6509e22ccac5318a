package ladder.measure;

import java.util.Locale;

/** A place where a request's time can go. The order is that of {@code Server-Timing}. */
public enum Phase {
  /** Finding out who calls. */
  AUTH,
  /** Asking the limiter. */
  LIMIT,
  /** Waiting for the cache. */
  CACHE,
  /** Waiting for a pooled connection. */
  POOL,
  /** Using that connection; for a sign-up, the journal's flush within its transaction, too. */
  DB;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The metric name in {@code Server-Timing}. */
  public String label() {
    return label;
  }
}
