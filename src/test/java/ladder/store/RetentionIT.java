package ladder.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import ladder.journal.Ledger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RetentionIT {
  private static final StoreFixture here = new StoreFixture();
  private final Retention retention =
      new Retention(here.database, new EffectStore(here.database), new IdempotencyStore());

  @AfterAll
  static void close() {
    here.close();
  }

  @Test
  void deletesStepByStepWhileThereIsMoreAndThenLooksSeldom() {
    here.execute(
        """
        INSERT INTO deliveries (event_id, channel, delivered_at)
        SELECT gen_random_uuid(), 'retention', now() - make_interval(secs => ?)
        FROM generate_series(1, ?)
        """,
        Ledger.MEMORY.plusDays(2).toSeconds(),
        Retention.STEP_ROWS + 1);
    assertTrue(retention.run() < Duration.ofSeconds(1).toNanos());
    assertTrue(rows() <= 1, "rows left: " + rows());
    assertTrue(retention.run() > Duration.ofMinutes(1).toNanos());
    assertEquals(0, rows());
  }

  private static long rows() {
    return here.count("SELECT count(*) FROM deliveries WHERE channel = 'retention'");
  }
}
