package ladder.embedded;

/**
 * An embedded server can't be had. The message is one sentence that names the remedy; {@link
 * #detail()} is what the server itself said, for whoever wants to look closer.
 */
public final class EmbeddedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String detail;

  EmbeddedException(String message, String detail) {
    super(message);
    this.detail = detail;
  }

  EmbeddedException(String message, Throwable cause) {
    super(message, cause);
    this.detail = cause.toString();
  }

  /** The tail of the server's log or of the failed command's output; empty when there is none. */
  public String detail() {
    return detail;
  }
}
