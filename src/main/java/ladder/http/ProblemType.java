package ladder.http;

import java.util.Locale;

/** Every kind of error answer there is, with its status (RFC 9110) and problem type (RFC 9457). */
public enum ProblemType {
  BAD_REQUEST(400, "The request is malformed"),
  UNAUTHORIZED(401, "A valid API key is needed"),
  FORBIDDEN(403, "This is not allowed"),
  NOT_FOUND(404, "There is nothing here"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  TIMEOUT(408, "The request came too slowly"),
  CONFLICT(409, "The request conflicts with what is there"),
  PRECONDITION_FAILED(412, "A precondition no longer holds"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The media type is not supported"),
  UNPROCESSABLE(422, "The content is not valid"),
  TOO_MANY_REQUESTS(429, "The rate limit is exceeded"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL(500, "Something went wrong"),
  UNAVAILABLE(503, "The service is unavailable");

  final String urn = "urn:ladder:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  final String title;
  private final int status;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The HTTP status it is answered with. */
  public int status() {
    return status;
  }
}
