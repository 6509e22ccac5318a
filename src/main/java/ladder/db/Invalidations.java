package ladder.db;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.redis.Mark;
import ladder.redis.Redis;
import ladder.redis.Reply;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no write is answered while a node may still take for current what it replaced.
 * Before the commit the write's marks are in Redis, and after it what settles them; when Redis does
 * not confirm either, the keys are recorded in the database, and the answer waits until every node
 * has either deleted them from Redis or ceased to trust it.
 *
 * <pre>
 *   every node, each PROBE_INTERVAL:  read the recorded keys ──▶ delete them from Redis ──▶ trust
 *                                     Redis for TRUST from the moment of that read
 *   a write whose mark got lost:      record ──▶ commit ──▶ wait for TRUST ──▶ answer
 * </pre>
 *
 * Thread-safe.
 */
final class Invalidations {
  /**
   * Several probes long, so that one that is late costs no hits; a write waits so long at worst.
   */
  static final Duration TRUST = Duration.ofSeconds(1);

  /** For clocks that run at different rates. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  /** Deleted at once; with more, the rest waits for the next probe, and trust for the last. */
  private static final int KEYS_MAX = 1_000;

  private record Missed(long id, String key) {}

  private final @Nullable Redis redis;
  private final Clock clock;
  private volatile boolean known;
  private volatile long readNanos;

  Invalidations(@Nullable Redis redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /** Whether every key recorded up to {@link #TRUST} ago is deleted from Redis. */
  boolean applied() {
    return known && clock.nanos() - readNanos < TRUST.toNanos();
  }

  /** Deletes from Redis what is recorded, if Redis answers; for the probe of the primary. */
  void apply(Transaction tx) throws SQLException {
    long nanos = clock.nanos();
    List<Missed> missed =
        tx.query(
            "SELECT id, key FROM missed_invalidations ORDER BY id LIMIT ?",
            row -> new Missed(row.getLong(1), row.getString(2)),
            KEYS_MAX);
    if (!missed.isEmpty()) {
      if (redis == null || !redis.answers()) {
        return;
      }
      try {
        long _ =
            redis
                .delete(missed.stream().map(Missed::key).distinct().toArray(String[]::new))
                .await();
      } catch (UnavailableException e) {
        return;
      }
      int _ =
          tx.update(
              "DELETE FROM missed_invalidations WHERE id = ANY (?)",
              (Object) missed.stream().map(Missed::id).toArray(Long[]::new));
    }
    if (missed.size() < KEYS_MAX) {
      readNanos = nanos;
      known = true;
    }
  }

  /** Waits for the marks, before the commit; records the keys of those that may have got lost. */
  boolean place(Transaction tx) throws SQLException {
    List<String> missed = unconfirmed(tx, Mark::placed);
    int _ = record(tx, missed);
    return missed.isEmpty();
  }

  /** The keys of those marks that Redis did not confirm to be settled, after the commit. */
  static List<String> settle(Transaction tx) {
    return unconfirmed(tx, mark -> mark.settling().apply(tx.position()));
  }

  /** All replies are on their way before the first is waited for. */
  private static List<String> unconfirmed(Transaction tx, Function<Mark, Reply<?>> step) {
    List<Mark> marks = tx.marks();
    List<Reply<?>> replies = marks.stream().<Reply<?>>map(step).toList();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < marks.size(); i++) {
      try (var _ = Timings.phase(Phase.CACHE)) {
        Object _ = replies.get(i).await();
      } catch (UnavailableException e) {
        keys.addAll(marks.get(i).keys());
      }
    }
    return keys;
  }

  /** How many that were. */
  int record(Transaction tx, List<String> keys) throws SQLException {
    String sql = "INSERT INTO missed_invalidations (key) SELECT unnest(?::text[])";
    return keys.isEmpty() ? 0 : tx.update(sql, (Object) keys.toArray(String[]::new));
  }

  /** Until no node trusts Redis by what it read before now. */
  void awaitApplied() {
    long endNanos = clock.nanos() + TRUST.plus(MARGIN).toNanos();
    for (long left = TRUST.toNanos(); left > 0; left = endNanos - clock.nanos()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new UnavailableException("the node is about to stop");
      }
      LockSupport.parkNanos(left);
    }
  }
}
