package ladder.db;

import java.sql.SQLException;

/** The database refused a statement: a fault of ours, not a condition that passes. */
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DatabaseException(SQLException cause) {
    super(cause.getMessage() + " [" + cause.getSQLState() + "]", cause);
  }
}
