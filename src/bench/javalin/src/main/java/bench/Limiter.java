package bench;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import io.javalin.http.TooManyRequestsResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Allows each key so many requests in a sliding window, which Redis keeps for all nodes. */
final class Limiter implements Handler {
  private final RedisLink redis;
  private final byte[] limit;
  private final byte[] windowMicros;
  private final String policy;

  Limiter(RedisLink redis, int limit, int windowSeconds) {
    this.redis = redis;
    this.limit = bytes(limit);
    this.windowMicros = bytes(TimeUnit.SECONDS.toMicros(windowSeconds));
    this.policy = "\"default\";q=" + limit + ";w=" + windowSeconds;
  }

  @Override
  public void handle(Context ctx) {
    Long key = Keys.of(ctx);
    if (key == null) {
      return;
    }
    List<Long> answer = redis.limit("limit:" + key, limit, windowMicros);
    long room = answer.get(0);
    String seconds = Long.toString(Math.ceilDiv(answer.get(1), 1_000_000));
    ctx.header("RateLimit-Policy", policy)
        .header("RateLimit", "\"default\";r=" + Math.max(room - 1, 0) + ";t=" + seconds);
    if (room <= 0) {
      ctx.header(Header.RETRY_AFTER, seconds);
      throw new TooManyRequestsResponse("the limit of requests is reached");
    }
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
