package ladder.journal;

/** What the database says of an entry and one channel. */
public enum Standing {
  /** Its transaction is still running. */
  PENDING,
  /** Its transaction rolled back or died: nothing happened, nothing is owed. */
  VOID,
  /** Its transaction committed and the channel has not delivered yet. */
  DUE,
  /** Delivered, or given up as a dead letter. */
  DONE
}
