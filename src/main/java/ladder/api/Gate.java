package ladder.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import ladder.http.Outcome;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.http.Route.Handler;
import ladder.keys.ApiKey;
import ladder.keys.ApiKeys;
import ladder.limit.Decision;
import ladder.limit.Limiter;
import ladder.limit.Quota;
import ladder.measure.Phase;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route that needs a key: finds out who calls, asks the limiter, and only then
 * lets the handler answer. Thread-safe.
 *
 * <p>A handler may begin something before the limiter has answered, such as a look-up in the cache,
 * so that both leave in one write and their answers cost one round trip. What it begins must have
 * no effect: the request may yet be refused.
 */
final class Gate {
  /** Answers a request whose caller is known. */
  @FunctionalInterface
  interface Guarded {
    Response handle(Request request, ApiKey key) throws Exception;
  }

  /** Answers a request with what was begun for it. */
  @FunctionalInterface
  interface Begun<T> {
    Response handle(Request request, T begun) throws Exception;
  }

  private final ApiKeys keys;
  private final Limiter limiter;
  private final Quota quota;

  /**
   * @param quota for keys that set none of their own
   */
  Gate(ApiKeys keys, Limiter limiter, Quota quota) {
    this.keys = keys;
    this.limiter = limiter;
    this.quota = quota;
  }

  Handler guarded(Guarded handler) {
    return request -> {
      ApiKey key = authenticate(request);
      Quota quota = quota(key);
      String name = limiterKey(key);
      CompletableFuture<@Nullable List<Long>> question = limiter.begin(name, quota);
      return admitted(request, key, quota, question, r -> handler.handle(r, key));
    };
  }

  <T> Handler guarded(Function<Request, T> begin, Begun<T> handler) {
    return request -> {
      ApiKey key = authenticate(request);
      Quota quota = quota(key);
      CompletableFuture<@Nullable List<Long>> question = limiter.begin(limiterKey(key), quota);
      T begun;
      try {
        begun = begin.apply(request);
      } catch (ProblemException e) {
        return admitted(
            request,
            key,
            quota,
            question,
            _ -> {
              throw e;
            });
      }
      return admitted(request, key, quota, question, r -> handler.handle(r, begun));
    };
  }

  private ApiKey authenticate(Request request) {
    try (var _ = Timings.phase(Phase.AUTH)) {
      return credential(request)
          .flatMap(keys::find)
          .orElseThrow(
              () ->
                  new ProblemException(
                          ProblemType.UNAUTHORIZED,
                          "send a valid key as Authorization: Bearer KEY or X-API-Key: KEY")
                      .with("WWW-Authenticate", "Bearer"));
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

  private static String limiterKey(ApiKey key) {
    return Long.toString(key.id());
  }

  /** What the handler answers if the limiter admits it, with the headers of every such answer. */
  private Response admitted(
      Request request,
      ApiKey key,
      Quota quota,
      CompletableFuture<@Nullable List<Long>> question,
      Handler handler) {
    Optional<Decision> decision = limiter.decide(limiterKey(key), quota, question);
    Response response =
        Outcome.of(
            request,
            r -> {
              if (decision.isPresent() && !decision.get().allowed()) {
                throw tooMany(quota, decision.get());
              }
              return handler.handle(r);
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
