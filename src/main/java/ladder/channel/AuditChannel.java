package ladder.channel;

import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Event;
import ladder.journal.Kind;

/**
 * The audit log, which has every kind. Its table stands beside the ledger's, so that the record of
 * a delivery is the delivery: {@link ladder.store.EffectStore#delivered} writes both in one
 * transaction, for many entries at once. That makes this channel exactly-once and leaves nothing to
 * send from here. Immutable.
 */
public record AuditChannel() implements Channel {
  public static final String NAME = "audit";

  /** As many as one transaction should write. */
  private static final int BATCH = 128;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean wants(Kind kind) {
    return true;
  }

  @Override
  public Delivery deliver(Event event) {
    return new Delivery.Delivered();
  }

  /** A delivery here takes no time and no connection, so this only bounds the batch. */
  @Override
  public int concurrency(int configured) {
    return BATCH;
  }
}
