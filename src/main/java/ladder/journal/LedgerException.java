package ladder.journal;

/** The ledger's database is away: no fault of the entry, which is tried again unchanged. */
public final class LedgerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
