package ladder.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ladder.http.Response.Header;
import ladder.json.Json;

/**
 * An expected outcome that is not a success: thrown anywhere below a handler, turned into an answer
 * in one place. Immutable, and without a stack trace, because it is no fault and refusing must be
 * cheap.
 */
@SuppressWarnings("serial") // never serialised, so its collections need not be serialisable
public final class ProblemException extends RuntimeException {
  /** One thing wrong with one member of a request's body. */
  public record FieldError(String field, String message) {}

  private static final List<Header> SOON = List.of(new Header("Retry-After", "1"));

  private final ProblemType type;
  final String detail;
  private final List<Header> headers;
  final List<FieldError> errors;

  /** The detail says what is wrong with this very request; it is shown to the client. */
  public ProblemException(ProblemType type, String detail) {
    this(type, detail, type == ProblemType.UNAVAILABLE ? SOON : List.of(), List.of());
  }

  ProblemException(ProblemType type, String detail, List<Header> headers, List<FieldError> errors) {
    super(detail, null, false, false);
    this.type = type;
    this.detail = detail;
    this.headers = headers;
    this.errors = errors;
  }

  /** The same problem with one more header on its answer. */
  public ProblemException with(String header, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(header, value));
    return new ProblemException(type, detail, more, errors);
  }

  public ProblemType type() {
    return type;
  }

  /** Its answer, {@code application/problem+json} (RFC 9457). */
  public Response answer(String requestId) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", type.urn);
    members.put("title", type.title);
    members.put("status", type.status());
    members.put("detail", detail);
    members.put("requestId", requestId);
    if (!errors.isEmpty()) {
      members.put("errors", errors);
    }
    return new Response(type.status(), headers, Json.write(members), null, null)
        .with("Content-Type", "application/problem+json");
  }
}
