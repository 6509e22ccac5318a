package bench;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Asks for the key, then for its limit. Runs on the virtual thread of the resource method (guide
 * rest, "Request or response filters"), so it may wait.
 */
@Singleton
class KeyFilter {
  private static final String BEARER = "Bearer ";

  private final ApiKeys keys;
  private final RedisGate redis;
  private final Admission admission;

  KeyFilter(ApiKeys keys, RedisGate redis, Admission admission) {
    this.keys = keys;
    this.redis = redis;
    this.admission = admission;
  }

  @ServerRequestFilter
  @Keyed
  void admit(ContainerRequestContext request) {
    admit(request, redis::ask);
  }

  @ServerRequestFilter
  @Keyed.WithUser
  void admitWithUser(ContainerRequestContext request) {
    String user = request.getUriInfo().getPathParameters().getFirst("id");
    admit(request, key -> redis.askWithUser(key, user));
  }

  private void admit(ContainerRequestContext request, Function<Long, RedisGate.Answer> ask) {
    long key =
        bearer(request)
            .flatMap(keys::find)
            .orElseThrow(() -> new Refused(401, "A valid API key is needed"));
    var answer = ask.apply(key);
    admission.answered(answer);
    if (!answer.allowed()) {
      throw new Refused(429, "The limit of this key is used up");
    }
  }

  private static Optional<String> bearer(ContainerRequestContext request) {
    return Optional.ofNullable(request.getHeaderString("Authorization"))
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(header -> header.substring(BEARER.length()).strip());
  }

  @ServerResponseFilter
  void tell(ContainerResponseContext response) {
    var answer = admission.answer();
    if (response.getStatus() == 401) {
      response.getHeaders().putSingle("WWW-Authenticate", "Bearer");
    }
    if (answer != null) {
      long left = Math.max(answer.left(), 0);
      response.getHeaders().putSingle("RateLimit-Policy", redis.policy());
      response
          .getHeaders()
          .putSingle("RateLimit", "\"default\";r=" + left + ";t=" + answer.seconds());
      if (!answer.allowed()) {
        response.getHeaders().putSingle("Retry-After", answer.seconds());
      }
    }
  }
}
