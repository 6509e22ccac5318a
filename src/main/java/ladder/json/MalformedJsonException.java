package ladder.json;

/** The bytes are not one JSON value; the message reads after the name of what they should be. */
public final class MalformedJsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedJsonException(String message) {
    super(message, null, false, false);
  }
}
