package bench;

import bench.Application.Settings;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/** So many requests of a key in any window, over all nodes: Redis decides. */
@Component
class RateLimiter {
  /**
   * @param left how many more requests there is room for
   * @param secondsUntilMore rounded up
   */
  record Decision(boolean allowed, long left, long secondsUntilMore) {}

  @SuppressWarnings("rawtypes")
  private final RedisScript<List> script =
      RedisScript.of(new ClassPathResource("limit.lua"), List.class);

  private final StringRedisTemplate redis;
  private final String limit;
  private final String windowMicros;

  RateLimiter(StringRedisTemplate redis, Settings settings) {
    this.redis = redis;
    this.limit = Integer.toString(settings.rateLimit());
    this.windowMicros = Long.toString(settings.rateWindow().toNanos() / 1_000);
  }

  Decision decide(long keyId) {
    List<?> answer = redis.execute(script, List.of("limit:" + keyId), limit, windowMicros);
    long room = (Long) answer.get(0);
    long micros = (Long) answer.get(1);
    return new Decision(room > 0, Math.max(0, room - 1), Math.ceilDiv(micros, 1_000_000L));
  }
}
