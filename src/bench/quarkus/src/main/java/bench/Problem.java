package bench;

import io.netty.handler.codec.http.HttpResponseStatus;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestResponse;

/** What a refused request is answered with: {@code application/problem+json} (RFC 9457). */
record Problem(String type, String title, int status, String detail) {
  private static final MediaType JSON = new MediaType("application", "problem+json");

  static Problem of(int status, String detail) {
    String title = HttpResponseStatus.valueOf(status).reasonPhrase();
    return new Problem("about:blank", title, status, detail);
  }

  RestResponse<Problem> response() {
    return RestResponse.ResponseBuilder.<Problem>create(status).entity(this).type(JSON).build();
  }
}
