package bench;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Lends connections of the pool. */
@Singleton
class Database {
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private final DataSource pool;

  Database(DataSource pool) {
    this.pool = pool;
  }

  <T> T query(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return work.with(connection);
    }
  }

  /** Commits when the work is done; what it throws rolls back. */
  <T> T transact(Work<T> work) throws SQLException {
    // The pool rolls back what is uncommitted, and turns auto-commit on again, when it closes.
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      T result = work.with(connection);
      connection.commit();
      return result;
    }
  }
}
