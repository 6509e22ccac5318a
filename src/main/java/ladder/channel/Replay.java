package ladder.channel;

import java.util.List;
import java.util.Optional;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Event;
import ladder.journal.Ledger;

/**
 * Delivers an event outside the journal: a dead letter that an operator sends again, or, with the
 * background rung off, every event during its own request. One delivery at a time, as channels
 * demand. Thread-safe.
 */
public final class Replay {
  private final List<Channel> channels;
  private final Ledger ledger;

  public Replay(List<Channel> channels, Ledger ledger) {
    this.channels = List.copyOf(channels);
    this.ledger = ledger;
  }

  /**
   * Tries one channel once.
   *
   * @return empty when it was delivered, else why not
   */
  public synchronized Optional<String> deliver(Event event, String channelName)
      throws InterruptedException {
    for (Channel channel : channels) {
      if (channel.name().equals(channelName)) {
        return switch (channel.deliver(event)) {
          case Delivery.Delivered() -> {
            ledger.delivered(event, channelName);
            yield Optional.empty();
          }
          case Delivery.Refused(String reason) -> Optional.of(reason);
          case Delivery.Unavailable(String reason) -> Optional.of(reason);
        };
      }
    }
    return Optional.of("there is no channel " + channelName);
  }

  /** Tries every channel once; what is not delivered becomes a dead letter at once. */
  public void deliverAll(Event event) {
    for (Channel channel : channels) {
      try {
        deliver(event, channel.name())
            .ifPresent(reason -> ledger.dead(event, channel.name(), 1, reason));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ledger.dead(event, channel.name(), 1, "interrupted");
      }
    }
  }
}
