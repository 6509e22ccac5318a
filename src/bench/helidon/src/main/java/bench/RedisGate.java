package bench;

import io.helidon.config.Config;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Everything that is asked of Redis: the limit of a key, and the user in the cache. One connection
 * serves all requests, and what they ask leaves without waiting for earlier answers (Lettuce,
 * "Pipelining and command flushing").
 */
final class RedisGate {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final RedisAsyncCommands<String, byte[]> redis;
  private final byte[] script;
  private final String sha;
  private final byte[] limit;
  private final byte[] windowMicros;
  private final String policy;
  private final boolean cache;
  private final long ttlSeconds;

  /**
   * @param left how many more requests the key has, below 0 if this one is refused
   * @param seconds until there are more
   * @param user the JSON of the user, if it was asked for and is there
   */
  record Answer(long left, long seconds, byte[] user) {
    boolean allowed() {
      return left >= 0;
    }
  }

  RedisGate(Config bench) throws IOException {
    Config server = bench.get("redis");
    var uri =
        RedisURI.builder()
            .withHost(server.get("host").asString().get())
            .withPort(server.get("port").asInt().get())
            .withPassword(server.get("password").asString().get().toCharArray())
            .withTimeout(PATIENCE)
            .build();
    redis =
        RedisClient.create(uri)
            .connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))
            .async();
    try (var in = RedisGate.class.getResourceAsStream("/limit.lua")) {
      script = in.readAllBytes();
    }
    sha = redis.digest(script);
    int requests = bench.get("rate.limit").asInt().get();
    int windowSeconds = bench.get("rate.window").asInt().get();
    limit = text(requests);
    windowMicros = text(TimeUnit.SECONDS.toMicros(windowSeconds));
    policy = "\"default\";q=" + requests + ";w=" + windowSeconds;
    cache = bench.get("cache").asString().get().equals("on");
    ttlSeconds = bench.get("cache.ttl").asLong().get();
  }

  /** The limit of each key, as the header {@code RateLimit-Policy} states it. */
  String policy() {
    return policy;
  }

  Answer ask(long key) {
    return answer(decide(key), key, null);
  }

  Answer askWithUser(long key, String user) {
    if (!cache) {
      return ask(key);
    }
    RedisFuture<List<Long>> decision = decide(key);
    RedisFuture<byte[]> found = redis.get("user:" + user);
    return answer(decision, key, await(found));
  }

  void keep(long user, byte[] json) {
    if (cache) {
      await(redis.setex("user:" + user, ttlSeconds, json));
    }
  }

  private RedisFuture<List<Long>> decide(long key) {
    return redis.evalsha(sha, ScriptOutputType.MULTI, limited(key), limit, windowMicros);
  }

  /** A Redis that was restarted has forgotten the script, and has not counted the request. */
  private Answer answer(RedisFuture<List<Long>> future, long key, byte[] user) {
    List<Long> decision;
    try {
      decision = await(future);
    } catch (RedisNoScriptException e) {
      decision =
          await(redis.eval(script, ScriptOutputType.MULTI, limited(key), limit, windowMicros));
    }
    long micros = decision.get(1);
    return new Answer(decision.get(0) - 1, Math.ceilDiv(micros, 1_000_000L), user);
  }

  private static String[] limited(long key) {
    return new String[] {"limit:" + key};
  }

  private static <T> T await(RedisFuture<T> future) {
    return LettuceFutures.awaitOrCancel(future, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static byte[] text(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
