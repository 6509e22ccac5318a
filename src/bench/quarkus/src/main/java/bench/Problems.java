package bench;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import jakarta.ws.rs.WebApplicationException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns what went wrong into answers. */
class Problems {
  private static final Logger LOG = Logger.getLogger(Problems.class);

  @ServerExceptionMapper
  RestResponse<Problem> refused(Refused e) {
    return e.problem().response();
  }

  @ServerExceptionMapper
  RestResponse<Problem> mismatched(MismatchedInputException e) {
    return Problem.of(400, "The body is not the JSON that is expected here").response();
  }

  @ServerExceptionMapper
  RestResponse<Problem> framework(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    return Problem.of(status, status == 404 ? "There is nothing here" : e.getMessage()).response();
  }

  @ServerExceptionMapper
  RestResponse<Problem> fault(Exception e) {
    LOG.error("A request failed", e);
    return Problem.of(500, "The request failed").response();
  }
}
