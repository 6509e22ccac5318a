package ladder.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.Optional;
import ladder.db.Transaction;
import org.jspecify.annotations.Nullable;

/** Table {@code users}. */
public final class UserStore {
  private static final String COLUMNS = "id, email, name, created_at, version";

  /** PostgreSQL's code for a row that breaks a unique index. */
  private static final String UNIQUE_VIOLATION = "23505";

  /**
   * @param transactionId of the transaction that inserts it, by which PostgreSQL can be asked later
   *     whether it came to pass
   */
  public record Inserted(User user, String transactionId) {}

  /** What became of a change. */
  public sealed interface Change {
    record Changed(User user) implements Change {}

    /** The address is another user's; the transaction can only be rolled back. */
    record EmailTaken() implements Change {}

    record NotFound() implements Change {}

    /** The user is at another version than the caller expected. */
    record Stale() implements Change {}
  }

  public Optional<User> find(Transaction tx, long id) throws SQLException {
    String sql = "SELECT " + COLUMNS + " FROM users WHERE id = ?";
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setLong(1, id);
      return one(statement);
    }
  }

  /** Empty when the address is taken, whatever its case; the transaction stays usable. */
  public Optional<Inserted> insert(Transaction tx, String email, String name) throws SQLException {
    String sql =
        """
        INSERT INTO users (email, name) VALUES (?, ?)
        ON CONFLICT (lower(email)) DO NOTHING
        RETURNING pg_current_xact_id()::text AS transaction_id,\s"""
            + COLUMNS;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, email);
      statement.setString(2, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Inserted(user(row), row.getString("transaction_id")))
            : Optional.empty();
      }
    }
  }

  /**
   * @param email null leaves it as it is, likewise name
   * @param expected the versions of which the user must be at one; null: any
   */
  public Change update(
      Transaction tx,
      long id,
      @Nullable String email,
      @Nullable String name,
      Long @Nullable [] expected)
      throws SQLException {
    String sql =
        """
        UPDATE users SET email = coalesce(?, email), name = coalesce(?, name), version = version + 1
        WHERE id = ? AND (?::bigint[] IS NULL OR version = ANY (?::bigint[]))
        RETURNING\s"""
            + COLUMNS;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, email);
      statement.setString(2, name);
      statement.setLong(3, id);
      setVersions(tx, statement, 4, expected);
      setVersions(tx, statement, 5, expected);
      Optional<User> changed = one(statement);
      return changed.isPresent()
          ? new Change.Changed(changed.get())
          : find(tx, id).isPresent() ? new Change.Stale() : new Change.NotFound();
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return new Change.EmailTaken();
      }
      throw e;
    }
  }

  /** Deletes the user and their orders. {@link Change.Changed} holds the user that was. */
  public Change delete(Transaction tx, long id, Long @Nullable [] expected) throws SQLException {
    String sql =
        """
        DELETE FROM users
        WHERE id = ? AND (?::bigint[] IS NULL OR version = ANY (?::bigint[]))
        RETURNING\s"""
            + COLUMNS;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setLong(1, id);
      setVersions(tx, statement, 2, expected);
      setVersions(tx, statement, 3, expected);
      Optional<User> deleted = one(statement);
      return deleted.isPresent()
          ? new Change.Changed(deleted.get())
          : find(tx, id).isPresent() ? new Change.Stale() : new Change.NotFound();
    }
  }

  private static void setVersions(
      Transaction tx, PreparedStatement statement, int index, Long @Nullable [] versions)
      throws SQLException {
    if (versions == null) {
      statement.setNull(index, Types.ARRAY);
    } else {
      statement.setArray(index, tx.connection().createArrayOf("bigint", versions));
    }
  }

  private static Optional<User> one(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.of(user(row)) : Optional.empty();
    }
  }

  private static User user(ResultSet row) throws SQLException {
    return new User(
        row.getLong("id"),
        row.getString("email"),
        row.getString("name"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getLong("version"));
  }
}
