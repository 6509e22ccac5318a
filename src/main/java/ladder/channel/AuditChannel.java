package ladder.channel;

import ladder.failure.UnavailableException;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Event;

/** Writes the audit log. As thread-safe as its trail. */
record AuditChannel(AuditTrail trail) implements Channel {
  static final String NAME = AuditTrail.CHANNEL;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Delivery deliver(Event event) {
    try {
      trail.record(event);
      return new Delivery.Delivered();
    } catch (UnavailableException e) {
      return new Delivery.Unavailable(String.valueOf(e.getMessage()));
    }
  }
}
