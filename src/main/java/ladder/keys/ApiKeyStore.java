package ladder.keys;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import ladder.db.Transaction;
import org.jspecify.annotations.Nullable;

/** Table {@code api_keys}. */
public final class ApiKeyStore {
  private static final String COLUMNS = "id, name, per_minute, created_at, revoked_at";

  /**
   * @param perMinute null for the limit that the service sets for all
   * @throws SQLException when the statement fails; also for a hash that is none, or is there
   *     already
   */
  public ApiKey insert(Transaction tx, String name, @Nullable Integer perMinute, String hash)
      throws SQLException {
    String sql =
        "INSERT INTO api_keys (name, key_hash, per_minute) VALUES (?, ?, ?) RETURNING " + COLUMNS;
    return tx.first(sql, ApiKeyStore::key, name, hash, perMinute).orElseThrow();
  }

  /**
   * Finds a key that is not revoked.
   *
   * @throws SQLException when the statement fails
   */
  public Optional<ApiKey> findByHash(Transaction tx, String hash) throws SQLException {
    String sql = "SELECT " + COLUMNS + " FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL";
    return tx.first(sql, ApiKeyStore::key, hash);
  }

  /**
   * Keys, newest first, the revoked ones among them.
   *
   * @param beforeId only keys older than this one; {@code Long.MAX_VALUE} for the newest
   * @throws SQLException when the statement fails
   */
  public List<ApiKey> list(Transaction tx, int limit, long beforeId) throws SQLException {
    String sql = "SELECT " + COLUMNS + " FROM api_keys WHERE id < ? ORDER BY id DESC LIMIT ?";
    return tx.query(sql, ApiKeyStore::key, beforeId, limit);
  }

  /**
   * The key's hash, also when it was revoked before; empty when there is no such key.
   *
   * @throws SQLException when the statement fails
   */
  public Optional<String> revoke(Transaction tx, long id) throws SQLException {
    String sql =
        """
        UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = ?
        RETURNING key_hash
        """;
    return tx.first(sql, row -> row.getString("key_hash"), id);
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    OffsetDateTime revokedAt = row.getObject("revoked_at", OffsetDateTime.class);
    return new ApiKey(
        row.getLong("id"),
        row.getString("name"),
        row.getObject("per_minute", Integer.class),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        revokedAt == null ? null : revokedAt.toInstant());
  }
}
