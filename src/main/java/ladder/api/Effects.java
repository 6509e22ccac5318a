package ladder.api;

import ladder.db.Transaction;
import ladder.journal.Event;

/**
 * Sees to what follows a change. Called inside the transaction that makes the change, before it
 * commits: when this throws, nothing happens at all.
 */
@FunctionalInterface
public interface Effects {
  void follow(Transaction tx, Event event);
}
