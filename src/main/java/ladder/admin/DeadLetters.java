package ladder.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ladder.channel.DirectDelivery;
import ladder.journal.EventJson;
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

  /** What an operator sees of each, oldest first. */
  public List<Map<String, Object>> list() {
    return store.deadLetters().stream().map(DeadLetters::shown).toList();
  }

  private static Map<String, Object> shown(DeadLetter letter) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", letter.id());
    shown.put("channel", letter.channel());
    shown.put("event", EventJson.members(letter.event()));
    shown.put("attempts", letter.attempts());
    shown.put("reason", letter.reason());
    shown.put("diedAt", letter.diedAt());
    return shown;
  }

  /**
   * Delivers it now, so that the operator sees whether the remedy helped; once, when several replay
   * it at the same time.
   */
  public Replayed replay(long id) throws InterruptedException {
    Optional<DeadLetter> letter = store.claim(id);
    if (letter.isEmpty()) {
      return store.isOpen(id)
          ? new Replayed.Failed("another replay of it is under way")
          : new Replayed.NotFound();
    }
    boolean delivered = false;
    try {
      Optional<String> trouble = direct.deliver(letter.get().event(), letter.get().channel());
      delivered = trouble.isEmpty();
      return delivered ? new Replayed.Delivered() : new Replayed.Failed(trouble.get());
    } finally {
      if (!delivered) {
        store.release(id);
      }
    }
  }

  /** Gives it up for good; false when there is no such letter. */
  public boolean discard(long id) {
    return store.close(id);
  }
}
