package ladder.channel;

import ladder.journal.Event;

/**
 * The audit log as a port. Records the event and its delivery in one transaction, and does nothing
 * the second time: that is what makes this channel exactly-once.
 */
public interface AuditTrail {
  /** The channel whose deliveries it records. */
  String CHANNEL = "audit";

  /** Throws {@link ladder.failure.UnavailableException} when the database is away. */
  void record(Event event);
}
