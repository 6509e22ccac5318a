package ladder.journal;

import org.jspecify.annotations.Nullable;

/**
 * The entry is not promised to be on disk, so its transaction must roll back: answer 503. The entry
 * may still turn up in the journal; the ledger then finds it void.
 */
public final class JournalUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  JournalUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
