package ladder.journal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import ladder.failure.UnavailableException;

/**
 * What the database knows of entries: the journal's memory of what is owed and what is paid. All
 * methods are idempotent, may be called from several threads, and throw {@link
 * UnavailableException} when the database cannot answer now.
 */
public interface Ledger {
  /**
   * How long deliveries and closed dead letters are remembered at least, from the event on. An
   * older entry without a record may have been delivered all the same, so the drainer makes it a
   * dead letter instead of delivering it. Twice the 30 days that the setting {@code
   * LADDER_RETRY_FOR} allows, so that this is the end of a node that was away, not of retries.
   */
  Duration MEMORY = Duration.ofDays(60);

  /** What the database says of an entry and one channel. */
  enum Standing {
    /** Its transaction is still running. */
    PENDING,
    /** Its transaction rolled back or died: nothing happened, nothing is owed. */
    VOID,
    /** Its transaction committed and the channel has not delivered yet. */
    DUE,
    /** Delivered, or given up as a dead letter. */
    DONE
  }

  /** The standing of each event, by its id. */
  Map<UUID, Standing> standings(List<Event> events, String channel);

  /** Records deliveries, all or none; from now on their standing is {@link Standing#DONE}. */
  void delivered(List<Event> events, String channel);

  /** Records the dead letter; from now on its standing is {@link Standing#DONE}. */
  void dead(Event event, String channel, int attempts, String reason);
}
