package ladder.channel;

import java.util.List;
import java.util.Optional;
import ladder.journal.Channel;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Failed;
import ladder.journal.Event;
import ladder.journal.Ledger;
import ladder.measure.Phase;
import ladder.measure.Timings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers an event outside the journal: a dead letter that an operator sends again, or, with the
 * background rung off, every event during its own request. Without the journal nothing is tried
 * again by itself, and a crash loses what was under way. Thread-safe.
 */
public final class DirectDelivery {
  private static final Logger log = LoggerFactory.getLogger(DirectDelivery.class);

  private final List<Channel> channels;
  private final Ledger ledger;

  public DirectDelivery(List<Channel> channels, Ledger ledger) {
    this.channels = List.copyOf(channels);
    this.ledger = ledger;
  }

  /** Tries one channel once; empty when it was delivered, else why not. */
  public Optional<String> deliver(Event event, String channelName) throws InterruptedException {
    for (Channel channel : channels) {
      if (channel.name().equals(channelName) && channel.wants(event.kind())) {
        return deliver(event, channel);
      }
    }
    return Optional.of("no channel %s sends %s".formatted(channelName, event.kind().action()));
  }

  private Optional<String> deliver(Event event, Channel channel) throws InterruptedException {
    return switch (channel.deliver(event)) {
      case Delivered() -> {
        ledger.delivered(List.of(event), channel.name());
        yield Optional.empty();
      }
      case Failed failed -> Optional.of(failed.reason());
    };
  }

  /**
   * Tries every channel that wants it once; what is not delivered becomes a dead letter at once.
   */
  public void deliverAll(Event event) {
    for (Channel channel : channels) {
      if (!channel.wants(event.kind())) {
        continue;
      }
      try (var _ = Timings.phase(Phase.DOWNSTREAM)) {
        deliver(event, channel).ifPresent(reason -> ledger.dead(event, channel.name(), 1, reason));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ledger.dead(event, channel.name(), 1, "interrupted");
      } catch (RuntimeException e) {
        log.error("{}: delivery of event {} broke", channel.name(), event.id(), e);
      }
    }
  }
}
