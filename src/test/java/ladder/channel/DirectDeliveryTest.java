package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Deferred;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Event;
import ladder.journal.Kind;
import ladder.journal.Ledger;
import org.junit.jupiter.api.Test;

class DirectDeliveryTest {
  private final List<String> recorded = new ArrayList<>();

  /** Keeps what it is given as text. */
  private final Ledger ledger =
      new Ledger() {
        @Override
        public Map<UUID, Standing> standings(List<Event> events, String channel) {
          return Map.of();
        }

        @Override
        public void delivered(List<Event> events, String channel) {
          recorded.add(channel + " delivered");
        }

        @Override
        public void dead(Event event, String channel, int attempts, String reason) {
          recorded.add(channel + " dead: " + reason);
        }
      };

  private record FixedChannel(String name, boolean wanting, Delivery answer) implements Channel {
    @Override
    public boolean wants(Kind kind) {
      return wanting;
    }

    @Override
    public Delivery deliver(Event event) {
      return answer;
    }
  }

  private final DirectDelivery direct =
      new DirectDelivery(
          List.of(
              new FixedChannel("one", true, new Delivered()),
              new FixedChannel("two", false, new Delivered()),
              new FixedChannel("three", true, new Deferred("450 later"))),
          ledger);

  @Test
  void givesAnEventToTheChannelsThatWantItsKindAndToNoOther() {
    direct.deliverAll(Events.signUp("a@example.org", "A"));
    assertEquals(List.of("one delivered", "three dead: 450 later"), recorded);
  }

  @Test
  void saysWhyALetterIsNotDelivered() throws Exception {
    Event event = Events.signUp("a@example.org", "A");
    assertTrue(direct.deliver(event, "one").isEmpty());
    assertEquals("450 later", direct.deliver(event, "three").orElseThrow());
    assertTrue(direct.deliver(event, "two").orElseThrow().contains("user.signed_up"));
    assertTrue(direct.deliver(event, "four").isPresent());
  }
}
