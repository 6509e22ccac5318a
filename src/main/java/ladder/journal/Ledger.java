package ladder.journal;

import ladder.failure.UnavailableException;

/**
 * What the database knows of entries: the journal's memory of what is owed and what is paid. All
 * methods are idempotent, may be called from several threads, and throw {@link
 * UnavailableException} when the database is away.
 */
public interface Ledger {
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

  Standing standing(Event event, String channel);

  /** Records the delivery; from now on its standing is {@link Standing#DONE}. */
  void delivered(Event event, String channel);

  /** Records the dead letter; from now on its standing is {@link Standing#DONE}. */
  void dead(Event event, String channel, int attempts, String reason);
}
