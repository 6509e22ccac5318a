package ladder.http;

/** Every kind of error answer there is, with its status (RFC 9110) and problem type (RFC 9457). */
public enum ProblemType {
  BAD_REQUEST(400, "bad-request", "The request is malformed"),
  UNAUTHORIZED(401, "unauthorized", "A valid API key is needed"),
  NOT_FOUND(404, "not-found", "There is nothing here"),
  METHOD_NOT_ALLOWED(405, "method-not-allowed", "The method is not allowed here"),
  TIMEOUT(408, "timeout", "The request came too slowly"),
  CONFLICT(409, "conflict", "The request conflicts with what is there"),
  PRECONDITION_FAILED(412, "precondition-failed", "A precondition no longer holds"),
  BODY_TOO_LARGE(413, "body-too-large", "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "The media type is not supported"),
  UNPROCESSABLE(422, "unprocessable", "The content is not valid"),
  TOO_MANY_REQUESTS(429, "too-many-requests", "The rate limit is exceeded"),
  HEADERS_TOO_LARGE(431, "headers-too-large", "The headers are too large"),
  INTERNAL(500, "internal", "Something went wrong"),
  UNAVAILABLE(503, "unavailable", "The service is unavailable");

  private final int status;
  private final String type;
  private final String title;

  ProblemType(int status, String slug, String title) {
    this.status = status;
    this.type = "urn:ladder:problem:" + slug;
    this.title = title;
  }

  /** The HTTP status it is answered with. */
  public int status() {
    return status;
  }

  /** The URI that identifies it to programs. */
  public String type() {
    return type;
  }

  /** What it says to people, the same at every occurrence. */
  public String title() {
    return title;
  }
}
