package ladder.store;

import java.sql.ResultSet;
import java.sql.SQLException;
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
   *     whether it committed
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

  /**
   * @throws SQLException when the statement fails
   */
  public Optional<User> find(Transaction tx, long id) throws SQLException {
    return tx.first("SELECT " + COLUMNS + " FROM users WHERE id = ?", UserStore::user, id);
  }

  /**
   * Empty when the address is taken, whatever its case; the transaction stays usable.
   *
   * @throws SQLException when the statement fails
   */
  public Optional<Inserted> insert(Transaction tx, String email, String name) throws SQLException {
    String sql =
        """
        INSERT INTO users (email, name) VALUES (?, ?)
        ON CONFLICT (lower(email)) DO NOTHING
        RETURNING pg_current_xact_id()::text AS transaction_id,\s"""
            + COLUMNS;
    return tx.first(
        sql, row -> new Inserted(user(row), row.getString("transaction_id")), email, name);
  }

  /**
   * @param email null leaves it as it is, likewise name
   * @param expected the versions of which the user must be at one; null: any
   * @throws SQLException when the statement fails, but for an address that is taken
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
        WHERE id = ? AND version = ANY (coalesce(?::bigint[], ARRAY[version]))
        RETURNING\s"""
            + COLUMNS;
    try {
      return change(tx, id, tx.first(sql, UserStore::user, email, name, id, expected));
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return new Change.EmailTaken();
      }
      throw e;
    }
  }

  /**
   * Deletes the user and their orders. {@link Change.Changed} holds the user that was.
   *
   * @param expected the versions of which the user must be at one; null: any
   * @throws SQLException when the statement fails
   */
  public Change delete(Transaction tx, long id, Long @Nullable [] expected) throws SQLException {
    String sql =
        """
        DELETE FROM users
        WHERE id = ? AND version = ANY (coalesce(?::bigint[], ARRAY[version]))
        RETURNING\s"""
            + COLUMNS;
    return change(tx, id, tx.first(sql, UserStore::user, id, expected));
  }

  private Change change(Transaction tx, long id, Optional<User> touched) throws SQLException {
    if (touched.isPresent()) {
      return new Change.Changed(touched.get());
    }
    return find(tx, id).isPresent() ? new Change.Stale() : new Change.NotFound();
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
