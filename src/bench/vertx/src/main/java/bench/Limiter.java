package bench;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.TimeUnit;

/** Allows each key so many requests in a sliding window, which Redis keeps for all nodes. */
final class Limiter implements Handler<RoutingContext> {
  private static final CharSequence POLICY = HttpHeaders.createOptimized("RateLimit-Policy");
  private static final CharSequence LIMIT = HttpHeaders.createOptimized("RateLimit");

  private final RedisLink redis;
  private final String limit;
  private final String windowMicros;
  private final CharSequence policy;

  Limiter(RedisLink redis, int limit, int windowSeconds) {
    this.redis = redis;
    this.limit = Integer.toString(limit);
    this.windowMicros = Long.toString(TimeUnit.SECONDS.toMicros(windowSeconds));
    this.policy = HttpHeaders.createOptimized("\"default\";q=" + limit + ";w=" + windowSeconds);
  }

  @Override
  public void handle(RoutingContext context) {
    redis
        .send(question(Keys.of(context)))
        .map(answer -> apply(answer, context.response()))
        .onComplete(allowed -> context.next(), context::fail);
  }

  /** What to ask Redis, which may leave together with other questions. */
  Request question(long keyId) {
    return Request.cmd(Command.EVALSHA)
        .arg(redis.limitSha())
        .arg("1")
        .arg("limit:" + keyId)
        .arg(limit)
        .arg(windowMicros);
  }

  /**
   * Puts into the response what is left.
   *
   * @throws HttpException 429 when nothing was left
   */
  HttpServerResponse apply(Response answer, HttpServerResponse response) {
    long room = answer.get(0).toLong();
    String seconds = Long.toString(Math.ceilDiv(answer.get(1).toLong(), 1_000_000));
    response
        .putHeader(POLICY, policy)
        .putHeader(LIMIT, "\"default\";r=" + Math.max(room - 1, 0) + ";t=" + seconds);
    if (room <= 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, seconds);
      throw new HttpException(429, "the limit of requests is reached");
    }
    return response;
  }
}
