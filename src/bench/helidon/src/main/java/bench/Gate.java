package bench;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;
import java.util.function.Function;

/** Asks for the key, then for its limit, before a handler. */
final class Gate {
  private static final HeaderName POLICY = HeaderNames.create("RateLimit-Policy");
  private static final HeaderName LIMIT = HeaderNames.create("RateLimit");
  private static final String BEARER = "Bearer ";

  private final ApiKeys keys;
  private final RedisGate redis;

  Gate(ApiKeys keys, RedisGate redis) {
    this.keys = keys;
    this.redis = redis;
  }

  Handler keyed(Handler next) {
    return (request, response) -> {
      admit(request, response, redis::ask);
      next.handle(request, response);
    };
  }

  /** For {@code /users/{id}}: the user is looked up in Redis in the same round trip. */
  Handler keyedWithUser(Handler next) {
    return (request, response) -> {
      String user = request.path().pathParameters().get("id");
      admit(request, response, key -> redis.askWithUser(key, user));
      next.handle(request, response);
    };
  }

  private void admit(
      ServerRequest request, ServerResponse response, Function<Long, RedisGate.Answer> ask) {
    long key =
        bearer(request)
            .flatMap(keys::find)
            .orElseThrow(
                () -> new HttpException("A valid API key is needed", Status.UNAUTHORIZED_401));
    var answer = ask.apply(key);
    request.context().register(answer);
    // Errors reset the headers of a response: these are set when it leaves.
    response.beforeSend(() -> tell(response, answer));
    if (!answer.allowed()) {
      throw new HttpException("The limit of this key is used up", Status.TOO_MANY_REQUESTS_429);
    }
  }

  private static Optional<String> bearer(ServerRequest request) {
    return request
        .headers()
        .first(HeaderNames.AUTHORIZATION)
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(header -> header.substring(BEARER.length()).strip());
  }

  /** What Redis said about a request that came through here. */
  static RedisGate.Answer answer(ServerRequest request) {
    return request.context().get(RedisGate.Answer.class).orElseThrow();
  }

  private void tell(ServerResponse response, RedisGate.Answer answer) {
    long left = Math.max(answer.left(), 0);
    response.header(POLICY, redis.policy());
    response.header(LIMIT, "\"default\";r=" + left + ";t=" + answer.seconds());
    if (!answer.allowed()) {
      response.header(HeaderNames.RETRY_AFTER, Long.toString(answer.seconds()));
    }
  }
}
