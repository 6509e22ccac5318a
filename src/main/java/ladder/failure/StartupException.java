package ladder.failure;

import java.util.List;

/**
 * The program cannot start, or a command cannot run, for a reason outside of it. The message is one
 * sentence that names the remedy, or one such sentence on each line; {@link #detail()} is what a
 * server or a library said about it.
 */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String detail;

  public StartupException(String sentence) {
    this(sentence, "");
  }

  public StartupException(String sentence, Throwable cause) {
    super(sentence, cause);
    this.detail = cause.toString();
  }

  public StartupException(String sentence, String detail) {
    super(sentence);
    this.detail = detail;
  }

  /** Several reasons, reported at once. */
  public static StartupException of(List<String> sentences) {
    return new StartupException(String.join("\n", sentences));
  }

  /** Lines for whoever looks closer; empty when there are none. */
  public String detail() {
    return detail;
  }
}
