package ladder.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
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
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, name);
      statement.setString(2, hash);
      statement.setObject(3, perMinute, Types.INTEGER);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return key(row);
      }
    }
  }

  /** Finds a key that is not revoked. */
  public Optional<Hashed> findByHash(Transaction tx, String hash) throws SQLException {
    String sql =
        "SELECT " + COLUMNS + ", key_hash FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL";
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, hash);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Hashed(key(row), row.getString("key_hash")))
            : Optional.empty();
      }
    }
  }

  /** All keys, oldest first, the revoked ones among them. */
  public List<ApiKey> list(Transaction tx) throws SQLException {
    String sql = "SELECT " + COLUMNS + " FROM api_keys ORDER BY id LIMIT " + LIST_MAX;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      List<ApiKey> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(key(rows));
      }
      return keys;
    }
  }

  /** False when there is no such key; true again for one that was revoked before. */
  public boolean revoke(Transaction tx, long id) throws SQLException {
    String sql = "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = ?";
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setLong(1, id);
      return statement.executeUpdate() == 1;
    }
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
