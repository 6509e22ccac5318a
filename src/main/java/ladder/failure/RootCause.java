package ladder.failure;

/**
 * The last cause of a failure, which alone says what was wrong where libraries wrap it: a refused
 * connection, a certificate that is not trusted. Stateless, thread-safe.
 */
public final class RootCause {
  /** Causes that are followed; a chain may be a circle. */
  private static final int DEPTH_MAX = 100;

  private RootCause() {}

  /** Its message, or {@code "null"} when it has none. */
  public static String message(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; depth < DEPTH_MAX && root.getCause() != null; depth++) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
