package ladder.measure;

import java.util.Locale;

/**
 * A place where a request's time can go. The order is that of {@code Server-Timing}, whose entries
 * are sums over neighbours of the same name. There is no waiting for a place: admission refuses at
 * once.
 */
public enum Phase {
  /** Finding out who calls. */
  AUTH("auth"),
  /** Waiting for the limiter. */
  LIMIT("limit"),
  /** Waiting for the cache. */
  CACHE("cache"),
  /** Waiting for a connection to the primary. */
  PRIMARY_POOL("pool"),
  /** Waiting for a connection to the replica. */
  REPLICA_POOL("pool"),
  /** Using a connection to the primary. */
  PRIMARY("db"),
  /** Using a connection to the replica. */
  REPLICA("db"),
  /** Waiting until the journal is on disk. */
  JOURNAL("journal"),
  /** With the background rung off: waiting for the receivers of email, audit and Slack. */
  DOWNSTREAM(""),
  /** Waiting for the client to send the body. */
  BODY(""),
  /** The total less all others: our own work, and waiting for a processor. */
  REST("");

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final String serverTiming;

  Phase(String serverTiming) {
    this.serverTiming = serverTiming;
  }

  /** The value of the metrics' label. */
  public String label() {
    return label;
  }

  /** The metric name in {@code Server-Timing}; empty when clients are not shown it. */
  String serverTiming() {
    return serverTiming;
  }
}
