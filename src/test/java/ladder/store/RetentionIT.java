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

  @Test
  void deletesExpiredAnswersAndKeepsTheOthers() {
    long apiKeyId = here.newKeyId();
    here.execute(
        """
        INSERT INTO idempotency_keys
          (api_key_id, key, request_hash, status, headers, body, created_at)
        SELECT ?, n, '', 201, '{}', '', now() - make_interval(hours => 24 * n)
        FROM generate_series(0, 1) AS n
        """,
        apiKeyId);
    long _ = retention.run();
    String left = "SELECT max(key::integer) FROM idempotency_keys WHERE api_key_id = ?";
    assertEquals(0, here.count(left, apiKeyId));
  }

  private static long rows() {
    return here.count("SELECT count(*) FROM deliveries WHERE channel = 'retention'");
  }
}
