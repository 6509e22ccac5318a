package bench;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micronaut.core.io.ResourceLoader;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** So many requests of a key in any window, over all nodes: Redis decides. */
@Singleton
class RateLimiter {
  /**
   * @param left how many more requests there is room for
   * @param secondsUntilMore rounded up
   */
  record Decision(boolean allowed, long left, long secondsUntilMore) {}

  private final StatefulRedisConnection<String, String> redis;
  private final String script;
  private final String digest;
  private final String[] arguments;

  RateLimiter(
      StatefulRedisConnection<String, String> redis, ResourceLoader resources, Settings settings)
      throws IOException {
    this.redis = redis;
    try (InputStream in = resources.getResourceAsStream("classpath:limit.lua").orElseThrow()) {
      this.script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    this.digest = redis.sync().digest(script);
    this.arguments =
        new String[] {
          Integer.toString(settings.rateLimit()),
          Long.toString(settings.rateWindow().toNanos() / 1_000)
        };
  }

  Decision decide(long keyId) {
    List<Long> answer = evaluate(new String[] {"limit:" + keyId});
    long room = answer.get(0);
    return new Decision(room > 0, Math.max(0, room - 1), Math.ceilDiv(answer.get(1), 1_000_000L));
  }

  private List<Long> evaluate(String[] keys) {
    RedisCommands<String, String> commands = redis.sync();
    try {
      return commands.evalsha(digest, ScriptOutputType.MULTI, keys, arguments);
    } catch (RedisNoScriptException e) {
      return commands.eval(script, ScriptOutputType.MULTI, keys, arguments);
    }
  }
}
