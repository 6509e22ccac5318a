package ladder.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ladder.redis.Mark;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction, or one read, in progress. Callers outside {@code db} and {@code store} only pass
 * it on, so that SQL stays in the stores. Valid on the thread and for the call that received it.
 */
public final class Transaction {
  private static final Logger log = LoggerFactory.getLogger(Transaction.class);

  private final Connection connection;
  private final Statements statements;
  private final List<Runnable> afterCommit = new ArrayList<>(2);
  private final List<Mark> marks = new ArrayList<>(2);
  private long position;

  /**
   * Commits, and answers with a position in the write-ahead log behind the commit: with commits
   * that are not forced to the disk the one that is written may still be before it.
   */
  private static final String COMMIT =
      """
      COMMIT; SELECT CASE WHEN current_setting('synchronous_commit') = 'off'
                          THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_lsn() END
                     - '0/0'::pg_lsn
      """;

  /** Of commits by others, who may not force them to the disk. */
  private static final String BEHIND_COMMITS = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn";

  /** Makes a value of the row that the answer stands at. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** One whose statements nobody asks for. */
  Transaction(Connection connection) {
    this(connection, new Statements());
  }

  Transaction(Connection connection, Statements statements) {
    this.connection = connection;
    this.statements = statements;
  }

  /**
   * Runs a statement that answers with rows, which must be few: all are read.
   *
   * @throws SQLException when the statement fails, or its row can't be read
   */
  public <T> List<T> query(String sql, Row<T> row, @Nullable Object... parameters)
      throws SQLException {
    statements.add(sql);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> read = new ArrayList<>();
        while (rows.next()) {
          read.add(row.read(rows));
        }
        return read;
      }
    }
  }

  /**
   * Runs a statement that answers with one row or none.
   *
   * @throws SQLException when the statement fails, or its row can't be read
   */
  public <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... parameters)
      throws SQLException {
    return query(sql, row, parameters).stream().findFirst();
  }

  /**
   * Runs a statement that answers with rows of one text each, for those who know no JDBC.
   *
   * @throws SQLException when the statement fails
   */
  public List<String> texts(String sql, @Nullable Object... parameters) throws SQLException {
    return query(sql, row -> row.getString(1), parameters);
  }

  /**
   * Runs a statement that answers with how many rows it changed.
   *
   * @throws SQLException when the statement fails
   */
  public int update(String sql, @Nullable Object... parameters) throws SQLException {
    statements.add(sql);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  /**
   * Runs this after the commit is confirmed and the connection is free; not at all when the commit
   * fails or what became of it is unknown.
   */
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  /** Before the commit the mark will be in Redis, and settled before the write is answered. */
  public void guard(Mark mark) {
    marks.add(mark);
  }

  List<Mark> marks() {
    return marks;
  }

  /**
   * A position in the primary's write-ahead log behind every commit that can be seen. While nobody
   * writes it can be just past what a replica will have replayed.
   *
   * @throws SQLException when the statement fails
   */
  long positionBehindCommits() throws SQLException {
    return first(BEHIND_COMMITS, row -> row.getLong(1)).orElseThrow();
  }

  /** Behind the commit, if there are marks. */
  long position() {
    return position;
  }

  /**
   * Runs the work and commits; rolls back when it throws. When the commit itself throws, what
   * became of it is not known, and the marks stay. Auto-commit is the pool's to restore.
   */
  <T extends @Nullable Object> T commit(Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    T result;
    try {
      result = work.run(this);
    } catch (SQLException | RuntimeException | Error e) {
      rollBack(e);
      marks.forEach(mark -> mark.withdrawing().run());
      throw e;
    }
    try {
      commit();
    } catch (SQLException | RuntimeException | Error e) {
      rollBack(e);
      throw e;
    }
    return result;
  }

  private void commit() throws SQLException {
    if (marks.isEmpty()) {
      connection.commit();
      return;
    }
    try (Statement statement = connection.createStatement()) {
      boolean _ = statement.execute(COMMIT);
      boolean _ = statement.getMoreResults();
      try (ResultSet row = statement.getResultSet()) {
        boolean _ = row.next();
        position = row.getLong(1);
      }
    }
  }

  private void rollBack(Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException lost) {
      reason.addSuppressed(lost);
    }
  }

  void runAfterCommit() {
    for (Runnable action : afterCommit) {
      try {
        action.run();
      } catch (RuntimeException e) {
        // Not thrown: the caller would take the commit itself for failed, and repeat it.
        log.error("an action after a commit failed", e);
      }
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }
}
