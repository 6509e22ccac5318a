package bench;

import bench.RateLimiter.Decision;
import io.micronaut.core.annotation.Order;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.sql.SQLException;

/** Lets a request through to its handler if it has a valid key whose limit has room. */
@ServerFilter({"/users/**", "/signup"})
class Admission {
  private static final String DECISION = Decision.class.getName();

  private final ApiKeys keys;
  private final RateLimiter limiter;
  private final String policy;

  Admission(ApiKeys keys, RateLimiter limiter, Settings settings) {
    this.keys = keys;
    this.limiter = limiter;
    this.policy =
        "\"default\";q=%d;w=%d".formatted(settings.rateLimit(), settings.rateWindow().toSeconds());
  }

  @RequestFilter
  @ExecuteOn(TaskExecutors.BLOCKING)
  void admit(HttpRequest<?> request) throws SQLException {
    Long keyId = keys.find(request.getHeaders().get(HttpHeaders.AUTHORIZATION)).orElse(null);
    if (keyId == null) {
      throw new HttpStatusException(HttpStatus.UNAUTHORIZED, "a valid API key is needed");
    }
    Decision decision = limiter.decide(keyId);
    request.setAttribute(DECISION, decision);
    if (!decision.allowed()) {
      throw new HttpStatusException(
          HttpStatus.TOO_MANY_REQUESTS, "the limit of this key is used up");
    }
  }

  /** Ordered before {@code admit}, so that it sees what that refuses, too. */
  @ResponseFilter
  @Order(-1)
  void tell(HttpRequest<?> request, MutableHttpResponse<?> response) {
    Decision decision = request.getAttribute(DECISION, Decision.class).orElse(null);
    if (decision == null) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      return;
    }
    long seconds = decision.secondsUntilMore();
    response.header("RateLimit-Policy", policy);
    response.header("RateLimit", "\"default\";r=" + decision.left() + ";t=" + seconds);
    if (!decision.allowed()) {
      response.header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }
  }
}
