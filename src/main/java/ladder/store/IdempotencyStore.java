package ladder.store;

import java.sql.SQLException;
import java.util.Optional;
import ladder.db.Transaction;

/**
 * Table {@code idempotency_keys}. The first answer is stored by the transaction that did the work,
 * so either both are there or neither is, whatever dies in between. An advisory lock of the same
 * transaction distinguishes a request that is still running from one that never finished:
 * PostgreSQL drops the lock with the transaction, so there is no lease to expire.
 */
public final class IdempotencyStore {
  /**
   * @param requestHash SHA-256 over method, path and body
   * @param headers JSON object of the answer's own headers
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record StoredAnswer(byte[] requestHash, int status, String headers, byte[] body) {}

  /**
   * False while another transaction works on the same key. Held until this transaction ends.
   *
   * @throws SQLException when the statement fails
   */
  public boolean tryLock(Transaction tx, long apiKeyId, String key) throws SQLException {
    String sql = "SELECT pg_try_advisory_xact_lock(hashtextextended(?, ?))";
    return tx.first(sql, row -> row.getBoolean(1), key, apiKeyId).orElseThrow();
  }

  /**
   * The first answer of the last 24 hours.
   *
   * @throws SQLException when the statement fails
   */
  public Optional<StoredAnswer> find(Transaction tx, long apiKeyId, String key)
      throws SQLException {
    String sql =
        """
        SELECT request_hash, status, headers, body FROM idempotency_keys
        WHERE api_key_id = ? AND key = ? AND created_at > now() - interval '24 hours'
        """;
    return tx.first(
        sql,
        row ->
            new StoredAnswer(
                row.getBytes("request_hash"),
                row.getInt("status"),
                row.getString("headers"),
                row.getBytes("body")),
        apiKeyId,
        key);
  }

  /**
   * Stores an answer, in place of an expired one.
   *
   * @throws SQLException when the statement fails
   */
  public void insert(Transaction tx, long apiKeyId, String key, StoredAnswer answer)
      throws SQLException {
    String sql =
        """
        INSERT INTO idempotency_keys (api_key_id, key, request_hash, status, headers, body)
        VALUES (?, ?, ?, ?, ?::jsonb, ?)
        ON CONFLICT (api_key_id, key) DO UPDATE SET
          request_hash = excluded.request_hash, status = excluded.status,
          headers = excluded.headers, body = excluded.body, created_at = now()
        """;
    int _ =
        tx.update(
            sql,
            apiKeyId,
            key,
            answer.requestHash(),
            answer.status(),
            answer.headers(),
            answer.body());
  }

  /**
   * Deletes so many expired answers at most, and says how many.
   *
   * @throws SQLException when the statement fails
   */
  public int prune(Transaction tx, int rowsMax) throws SQLException {
    String sql =
        """
        DELETE FROM idempotency_keys WHERE (api_key_id, key) IN (
          SELECT api_key_id, key FROM idempotency_keys
          WHERE created_at <= now() - interval '24 hours'
          ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)
        """;
    return tx.update(sql, rowsMax);
  }
}
