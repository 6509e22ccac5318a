package ladder.db;

/**
 * The database can't answer now: away, starting, out of connections, or too slow. Nothing is known
 * to have happened; the same call may succeed later.
 */
public final class DatabaseUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DatabaseUnavailableException(String message) {
    super(message);
  }

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
