package bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.http.media.UnsupportedTypeException;
import io.helidon.http.media.jackson.JacksonRuntimeException;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Turns what handlers throw into {@code application/problem+json} (RFC 9457). */
final class Problems implements HttpFeature {
  private static final System.Logger LOG = System.getLogger(Problems.class.getName());

  private final ObjectMapper json;

  private record Problem(String type, String title, int status, String detail) {}

  Problems(ObjectMapper json) {
    this.json = json;
  }

  @Override
  public void setup(HttpRouting.Builder routing) {
    routing
        .error(HttpException.class, (req, res, e) -> send(res, e.status(), e.getMessage()))
        .error(
            JacksonRuntimeException.class,
            (req, res, e) ->
                send(res, Status.BAD_REQUEST_400, "The body is not the JSON that is expected here"))
        .error(
            UnsupportedTypeException.class,
            (req, res, e) ->
                send(res, Status.UNSUPPORTED_MEDIA_TYPE_415, "The body must be application/json"))
        .error(Exception.class, this::fault);
  }

  private void fault(ServerRequest request, ServerResponse response, Exception e) {
    LOG.log(System.Logger.Level.ERROR, "A request failed", e);
    send(response, Status.INTERNAL_SERVER_ERROR_500, "The request failed");
  }

  private void send(ServerResponse response, Status status, String detail) {
    if (status.code() == Status.UNAUTHORIZED_401.code()) {
      response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/problem+json")
        .send(bytes(new Problem("about:blank", status.reasonPhrase(), status.code(), detail)));
  }

  /** Helidon's Jackson support writes {@code application/json} alone. */
  private byte[] bytes(Problem problem) {
    try {
      return json.writeValueAsBytes(problem);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
