package ladder.store;

import java.time.Duration;
import ladder.db.Database;
import ladder.failure.UnavailableException;
import ladder.journal.Ledger;
import ladder.time.PeriodicTask;

/**
 * Deletes rows that nothing asks for any more, in small steps: expired answers to idempotent
 * requests, and deliveries and closed dead letters older than {@link Ledger#MEMORY}. Every node
 * runs it; rows that another node is deleting are skipped. Immutable.
 */
public record Retention(Database database, EffectStore effects, IdempotencyStore answers)
    implements PeriodicTask.Run {
  /** Of each table in one step: a transaction of some milliseconds. */
  static final int STEP_ROWS = 500;

  /** Between two steps while there is more to delete. */
  private static final Duration STEP = Duration.ofMillis(200);

  /** Between two looks for something to delete, and after one that the database did not answer. */
  private static final Duration LOOK = Duration.ofMinutes(10);

  @Override
  public long run() {
    try {
      int deleted = effects.prune(STEP_ROWS);
      deleted += database.write(tx -> answers.prune(tx, STEP_ROWS));
      return (deleted >= STEP_ROWS ? STEP : LOOK).toNanos();
    } catch (UnavailableException e) {
      return LOOK.toNanos();
    }
  }
}
