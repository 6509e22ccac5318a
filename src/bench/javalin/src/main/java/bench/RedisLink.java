package bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The one connection that all share. Thread-safe. */
final class RedisLink implements AutoCloseable {
  private static final long WAIT_SECONDS_MAX = 2;

  private final RedisClient client;
  private final StatefulRedisConnection<String, byte[]> connection;
  private final String limitScript;
  private final String limitSha;

  RedisLink(Config config) throws IOException {
    RedisURI.Builder uri = RedisURI.Builder.redis(config.redisHost(), config.redisPort());
    if (!config.redisPassword().isEmpty()) {
      uri.withPassword(config.redisPassword().toCharArray());
    }
    try (InputStream in = RedisLink.class.getResourceAsStream("/limit.lua")) {
      limitScript = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    client = RedisClient.create(uri.build());
    connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    limitSha = connection.sync().scriptLoad(limitScript);
  }

  /** Sends the question, and does not wait for the answer. */
  RedisFuture<byte[]> get(String key) {
    return connection.async().get(key);
  }

  /** Sends the value, and does not wait for the answer. */
  RedisFuture<String> set(String key, byte[] value, long ttlSeconds) {
    return connection.async().set(key, value, SetArgs.Builder.ex(ttlSeconds));
  }

  /** The answers of the limiter's script. */
  List<Long> limit(String key, byte[] limit, byte[] windowMicros) {
    String[] keys = {key};
    try {
      return await(
          connection.async().evalsha(limitSha, ScriptOutputType.MULTI, keys, limit, windowMicros));
    } catch (RedisNoScriptException e) {
      return await(
          connection.async().eval(limitScript, ScriptOutputType.MULTI, keys, limit, windowMicros));
    }
  }

  static <T> T await(RedisFuture<T> future) {
    try {
      return future.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("Redis did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
