package ladder.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ladder.db.Transaction;
import org.jspecify.annotations.Nullable;

/** Table {@code users}. */
public final class UserStore {
  private static final String COLUMNS = "id, email, name, created_at, version";

  /** PostgreSQL's code for a row that breaks a unique index. */
  private static final String UNIQUE_VIOLATION = "23505";

  /** Who is to be inserted. */
  public record Draft(String email, String name) {}

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
   * Inserts all in one statement, each whose address is free, whatever its case. In the order of
   * the addresses, so that of two transactions with the same ones only one waits for the other.
   *
   * @return what became of each, in order; empty when its address is taken
   * @throws SQLException when the statement fails
   */
  public List<Optional<Inserted>> insert(Transaction tx, List<Draft> drafts) throws SQLException {
    String sql =
        """
        INSERT INTO users (email, name)
        SELECT email, name FROM unnest(?::text[], ?::text[]) AS draft (email, name)
        ORDER BY lower(email)
        ON CONFLICT (lower(email)) DO NOTHING
        RETURNING pg_current_xact_id()::text AS transaction_id,\s"""
            + COLUMNS;
    Map<Draft, Inserted> inserted = new HashMap<>();
    for (Inserted one :
        tx.query(
            sql,
            row -> new Inserted(user(row), row.getString("transaction_id")),
            drafts.stream().map(Draft::email).toArray(String[]::new),
            drafts.stream().map(Draft::name).toArray(String[]::new))) {
      Inserted _ = inserted.put(new Draft(one.user().email(), one.user().name()), one);
    }
    // Removed, because of two equal drafts only one was inserted.
    return drafts.stream().map(draft -> Optional.ofNullable(inserted.remove(draft))).toList();
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
