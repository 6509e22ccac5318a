package ladder.api;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import ladder.http.Outcome;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.http.Route.Handler;
import ladder.keys.ApiKey;
import ladder.keys.ApiKeys;
import ladder.keys.ApiKeys.Check;
import ladder.limit.Decision;
import ladder.limit.Limiter;
import ladder.limit.Limiter.Question;
import ladder.limit.Quota;
import ladder.measure.Phase;
import ladder.measure.Timings;

/**
 * Stands before every route that needs a key: finds out who calls, asks the limiter, and only then
 * lets the handler answer. Thread-safe.
 *
 * <p>A guarded route has two steps. The first runs while the limiter's question is under way and
 * may send something too, such as a look-up in the cache, so that both leave in one write and cost
 * one round trip; it must have no effect, as the request may yet be refused. What it returns is the
 * second step, which answers once the request is allowed.
 */
public final class Gate {
  /** Answers a request that is allowed. */
  @FunctionalInterface
  interface Guarded {
    Response handle(Request request, ApiKey key) throws Exception;
  }

  private final ApiKeys keys;
  private final Limiter limiter;
  private final Quota quota;

  /**
   * @param quota for keys that set none of their own
   */
  public Gate(ApiKeys keys, Limiter limiter, Quota quota) {
    this.keys = keys;
    this.limiter = limiter;
    this.quota = quota;
  }

  /**
   * @param begin the first step, which gives the second
   */
  Handler guard(Function<Request, Guarded> begin) {
    return request -> {
      ApiKey key = authenticate(request);
      Quota quota = quota(key);
      Question question = limiter.ask(Long.toString(key.id()), quota);
      Guarded guarded;
      try {
        guarded = begin.apply(request);
      } catch (ProblemException e) {
        guarded =
            (_, _) -> {
              throw e;
            };
      }
      return admitted(request, key, quota, question.decision(), guarded);
    };
  }

  private ApiKey authenticate(Request request) {
    try (var _ = Timings.phase(Phase.AUTH)) {
      Check check =
          credential(request)
              .map(secret -> keys.find(secret, request::clientAddress))
              .orElseGet(Check.Unknown::new);
      return switch (check) {
        case Check.Found(ApiKey key) -> key;
        case Check.Unknown() ->
            throw new ProblemException(
                    ProblemType.UNAUTHORIZED,
                    "send a valid key as Authorization: Bearer KEY or X-API-Key: KEY")
                .with("WWW-Authenticate", "Bearer");
        case Check.TooMany(Duration retryAfter) ->
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS, "too many wrong keys came from this address")
                .with("Retry-After", Long.toString(retryAfter.plusNanos(999_999_999).toSeconds()));
      };
    }
  }

  private static Optional<String> credential(Request request) {
    return request
        .bearerToken()
        .or(() -> Optional.ofNullable(request.header("X-API-Key")).map(String::strip));
  }

  private Quota quota(ApiKey key) {
    return key.perMinute() == null ? quota : Quota.perMinute(key.perMinute());
  }

  /** What the handler answers if the limiter admits it, with the headers of every such answer. */
  private static Response admitted(
      Request request, ApiKey key, Quota quota, Optional<Decision> decision, Guarded guarded) {
    Response response =
        Outcome.of(
            request,
            r -> {
              if (decision.isPresent() && !decision.get().allowed()) {
                throw tooMany(quota, decision.get());
              }
              return guarded.handle(r, key);
            });
    // Shared caches know by themselves that Authorization is private, but not X-API-Key.
    response = response.to(key.name()).with("Cache-Control", "private, no-cache");
    return decision.isEmpty() ? response : limited(response, quota, decision.get());
  }

  private static Response limited(Response response, Quota quota, Decision decision) {
    return response
        .with(
            "RateLimit-Policy",
            "\"default\";q=" + quota.requests() + ";w=" + quota.window().toSeconds())
        .with(
            "RateLimit",
            "\"default\";r=" + decision.remaining() + ";t=" + decision.untilMoreSeconds());
  }

  private static ProblemException tooMany(Quota quota, Decision decision) {
    return new ProblemException(
            ProblemType.TOO_MANY_REQUESTS,
            "this key may make %d requests in %d seconds; one more in %d"
                .formatted(
                    quota.requests(), quota.window().toSeconds(), decision.untilMoreSeconds()))
        .with("Retry-After", Long.toString(decision.untilMoreSeconds()));
  }
}
