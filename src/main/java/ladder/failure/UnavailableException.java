package ladder.failure;

import org.jspecify.annotations.Nullable;

/**
 * Something that the caller needs cannot answer now: it is away, starting, full or too slow. The
 * same call may succeed later. A request that meets it is answered 503; background work tries
 * again. The message is one sentence for whoever asked and reveals nothing internal. It has no
 * stack trace, because refusing must be cheap when everything is refused.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    this(message, null);
  }

  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }
}
