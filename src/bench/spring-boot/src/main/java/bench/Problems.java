package bench;

import java.net.URI;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Every error is answered as a problem (RFC 9457). */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final URI BLANK = URI.create("about:blank");

  @Override
  protected ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String detail =
        e.getFieldErrors().stream()
            .map(error -> error.getField() + " " + error.getDefaultMessage())
            .sorted()
            .collect(Collectors.joining(", "));
    return problem(e, HttpStatus.UNPROCESSABLE_CONTENT, detail, request);
  }

  @ExceptionHandler
  ResponseEntity<Object> emailTaken(DuplicateKeyException e, WebRequest request) {
    return problem(e, HttpStatus.CONFLICT, "this email is another user's", request);
  }

  @ExceptionHandler
  ResponseEntity<Object> unexpected(Exception e, WebRequest request) {
    LOG.error("{} failed", request.getDescription(false), e);
    return problem(e, HttpStatus.INTERNAL_SERVER_ERROR, "something failed here", request);
  }

  private ResponseEntity<Object> problem(
      Exception e, HttpStatus status, String detail, WebRequest request) {
    ProblemDetail body = ProblemDetail.forStatusAndDetail(status, detail);
    return handleExceptionInternal(e, body, new HttpHeaders(), status, request);
  }

  @Override
  protected ResponseEntity<Object> createResponseEntity(
      Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    if (body instanceof ProblemDetail problem && problem.getType() == null) {
      problem.setType(BLANK);
    }
    return super.createResponseEntity(body, headers, status, request);
  }
}
