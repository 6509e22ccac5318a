package ladder.admin;

import java.util.List;
import java.util.Optional;
import ladder.channel.DirectDelivery;
import ladder.store.DeadLetter;
import ladder.store.EffectStore;

/** What an operator does with dead letters, by HTTP or by the command line. Thread-safe. */
public final class DeadLetters {
  /** How a replay ended. */
  public sealed interface Replayed {
    record Delivered() implements Replayed {}

    record NotFound() implements Replayed {}

    /** It stays a dead letter. */
    record Failed(String reason) implements Replayed {}
  }

  private final EffectStore store;
  private final DirectDelivery direct;

  public DeadLetters(EffectStore store, DirectDelivery direct) {
    this.store = store;
    this.direct = direct;
  }

  /** Oldest first. */
  public List<DeadLetter> list() {
    return store.deadLetters();
  }

  /** Delivers it now, so that the operator sees whether the remedy helped. */
  public Replayed replay(long id) throws InterruptedException {
    Optional<DeadLetter> letter = store.deadLetter(id);
    if (letter.isEmpty()) {
      return new Replayed.NotFound();
    }
    Optional<String> trouble = direct.deliver(letter.get().event(), letter.get().channel());
    if (trouble.isPresent()) {
      return new Replayed.Failed(trouble.get());
    }
    boolean closedNow = store.close(id);
    return closedNow ? new Replayed.Delivered() : new Replayed.NotFound();
  }

  /** Gives it up for good; false when there is no such letter. */
  public boolean discard(long id) {
    return store.close(id);
  }
}
