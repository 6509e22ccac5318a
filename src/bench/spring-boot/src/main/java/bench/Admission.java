package bench;

import bench.Application.Settings;
import bench.RateLimiter.Decision;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets a request through to its handler if it has a valid key whose limit has room. */
@Component
class Admission implements HandlerInterceptor {
  private final ApiKeys keys;
  private final RateLimiter limiter;
  private final String policy;

  Admission(ApiKeys keys, RateLimiter limiter, Settings settings) {
    this.keys = keys;
    this.limiter = limiter;
    this.policy =
        "\"default\";q=%d;w=%d".formatted(settings.rateLimit(), settings.rateWindow().toSeconds());
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Long keyId = keys.find(request.getHeader(HttpHeaders.AUTHORIZATION)).orElse(null);
    if (keyId == null) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "a valid API key is needed");
    }
    Decision decision = limiter.decide(keyId);
    response.setHeader("RateLimit-Policy", policy);
    response.setHeader(
        "RateLimit", "\"default\";r=" + decision.left() + ";t=" + decision.secondsUntilMore());
    if (!decision.allowed()) {
      response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(decision.secondsUntilMore()));
      throw new ResponseStatusException(
          HttpStatus.TOO_MANY_REQUESTS, "the limit of this key is used up");
    }
    return true;
  }
}
