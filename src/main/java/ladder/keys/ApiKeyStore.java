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
  /** A listing's bound; a service with more keys than this has outgrown a listing. */
  private static final int LIST_MAX = 1_000;

  private static final String COLUMNS = "id, name, per_minute, created_at, revoked_at";

  /** A key that works and the hash that it is stored under. */
  public record Hashed(ApiKey key, String hash) {}

  public ApiKey insert(Transaction tx, String name, String hash, @Nullable Integer perMinute)
      throws SQLException {
    String sql =
        "INSERT INTO api_keys (name, key_hash, per_minute) VALUES (?, ?, ?) RETURNING " + COLUMNS;
    return tx.first(sql, ApiKeyStore::key, name, hash, perMinute).orElseThrow();
  }

  /** Finds a key that is not revoked. */
  public Optional<Hashed> findByHash(Transaction tx, String hash) throws SQLException {
    String sql =
        "SELECT " + COLUMNS + ", key_hash FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL";
    return tx.first(sql, row -> new Hashed(key(row), row.getString("key_hash")), hash);
  }

  /** All keys, oldest first, the revoked ones among them. */
  public List<ApiKey> list(Transaction tx) throws SQLException {
    String sql = "SELECT " + COLUMNS + " FROM api_keys ORDER BY id LIMIT ?";
    return tx.query(sql, ApiKeyStore::key, LIST_MAX);
  }

  /** False when there is no such key; true again for one that was revoked before. */
  public boolean revoke(Transaction tx, long id) throws SQLException {
    String sql = "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = ?";
    return tx.update(sql, id) == 1;
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
