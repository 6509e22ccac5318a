package bench;

import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** Every error is answered as a problem. */
@Singleton
class Problems implements ErrorResponseProcessor<Problem> {
  @Override
  public MutableHttpResponse<Problem> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    String detail =
        response.code() >= 500 || !context.hasErrors()
            ? response.reason()
            : context.getErrors().stream()
                .map(Error::getMessage)
                .sorted()
                .collect(Collectors.joining(", "));
    return response
        .body(new Problem("about:blank", response.reason(), response.code(), detail))
        .contentType(MediaType.APPLICATION_JSON_PROBLEM_TYPE);
  }
}
