package ladder.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An expected outcome that is not a success: thrown anywhere below a handler, turned into an {@code
 * application/problem+json} answer in one place. Immutable, and without a stack trace, because it
 * is no fault and refusing must be cheap.
 */
@SuppressWarnings("serial") // never serialised, so its collections need not be serialisable
public final class ProblemException extends RuntimeException {
  private final ProblemType type;
  private final String detail;
  private final Map<String, String> headers;
  private final List<FieldError> errors;

  /**
   * A problem without further headers or errors.
   *
   * @param detail says what is wrong with this very request; it is shown to the client
   */
  public ProblemException(ProblemType type, String detail) {
    this(type, detail, Map.of(), List.of());
  }

  private ProblemException(
      ProblemType type, String detail, Map<String, String> headers, List<FieldError> errors) {
    super(detail, null, false, false);
    this.type = type;
    this.detail = detail;
    this.headers = headers;
    this.errors = errors;
  }

  /** 503 with {@code Retry-After}, rounded up to a whole second and at least one. */
  public static ProblemException unavailable(String detail, Duration retryAfter) {
    long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
    return new ProblemException(ProblemType.UNAVAILABLE, detail)
        .with("Retry-After", Long.toString(seconds));
  }

  /** The same problem with one more header on its answer. */
  public ProblemException with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new ProblemException(type, detail, more, errors);
  }

  /** The same problem with its members' errors. */
  public ProblemException withErrors(List<FieldError> errors) {
    return new ProblemException(type, detail, headers, List.copyOf(errors));
  }

  public ProblemType type() {
    return type;
  }

  public String detail() {
    return detail;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public List<FieldError> errors() {
    return errors;
  }
}
