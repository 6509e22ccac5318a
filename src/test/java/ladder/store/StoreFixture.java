package ladder.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import ladder.db.Database;
import ladder.db.Transaction;
import ladder.db.Work;
import ladder.harness.Databases;
import ladder.keys.ApiKeyStore;
import org.jspecify.annotations.Nullable;

/** A database with the schema, and rows of the test's own. */
public final class StoreFixture implements AutoCloseable {
  /** Rolls a transaction back. */
  public static final class Rollback extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  public final Database database = Databases.primary();
  public final UserStore users = new UserStore();
  public final OrderStore orders = new OrderStore();
  public final ApiKeyStore keys = new ApiKeyStore();

  public static String newEmail() {
    return UUID.randomUUID() + "@example.org";
  }

  /** 64 hexadecimal digits that no other test has. */
  public static String newHash() {
    return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
  }

  /** Inserts one alone. */
  public Optional<UserStore.Inserted> insert(Transaction tx, String email, String name)
      throws SQLException {
    return users.insert(tx, List.of(new UserStore.Draft(email, name))).getFirst();
  }

  public UserStore.Inserted newUser() {
    return database.write(tx -> insert(tx, newEmail(), "Ada").orElseThrow());
  }

  public long newUserId() {
    return newUser().user().id();
  }

  public long newKeyId() {
    return database.write(tx -> keys.insert(tx, "test", null, newHash())).id();
  }

  /** Does the work, and undoes it. */
  public void rolledBack(Work<?> work) {
    try {
      Object _ =
          database.write(
              tx -> {
                Object _ = work.run(tx);
                throw new Rollback();
              });
    } catch (Rollback e) {
      return;
    }
  }

  public long count(String sql, @Nullable Object... parameters) {
    return database.readPrimary(
        tx -> tx.first(sql, row -> row.getLong(1), parameters).orElseThrow());
  }

  public void execute(String sql, @Nullable Object... parameters) {
    int _ = database.write(tx -> tx.update(sql, parameters));
  }

  public static boolean isSqlState(Throwable e, String state) {
    return e.getCause() instanceof SQLException sql && state.equals(sql.getSQLState());
  }

  @Override
  public void close() {
    database.close();
  }
}
