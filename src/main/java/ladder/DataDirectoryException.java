package ladder;

/** The data directory can't be used; the message is one sentence that names the remedy. */
public final class DataDirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DataDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }

  DataDirectoryException(String message) {
    super(message);
  }
}
