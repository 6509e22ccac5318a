package ladder.channel;

import java.nio.file.Path;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Event;

/** Slack messages as {@code DATA/outbox/slack/<event id>.json}. Thread-safe. */
public final class OutboxSlack implements Channel {
  private final Outbox outbox;
  private final SlackMessage message = new SlackMessage();

  public OutboxSlack(Path dir) {
    this.outbox = new Outbox(dir);
  }

  @Override
  public String name() {
    return SlackChannel.NAME;
  }

  @Override
  public Delivery deliver(Event event) {
    return outbox.write(event.id() + ".json", message.json(event));
  }
}
