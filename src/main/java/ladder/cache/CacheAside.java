package ladder.cache;

import static io.lettuce.core.ScriptOutputType.INTEGER;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.Base16;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import ladder.measure.Phase;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cache-aside in Redis. Every command has the timeout of the connection; a failure is counted, told
 * once for each outage, and otherwise only means that the caller loads. Puts are sent and not
 * waited for: a reader's answer does not depend on them.
 *
 * <p>A writer's put is waited for, so that once the write is answered no node serves what it
 * replaced. Thread-safe.
 */
public final class CacheAside implements Cache {
  private static final Logger log = LoggerFactory.getLogger(CacheAside.class);

  /** Stands for a deleted value; JSON's own word for it. */
  private static final byte[] GONE = "null".getBytes(UTF_8);

  /** Longer than any load: two servers, each with 30 s of waiting and 60 s of work at the most. */
  private static final Duration GONE_FOR = Duration.ofMinutes(5);

  /**
   * KEYS[1] the key; ARGV the value, its version, its time to live in ms. What {@link Versioned}
   * can't read gives way.
   */
  private static final String PUT_UNLESS_NEWER =
      """
      local held = redis.call('GET', KEYS[1])
      if held == 'null' then return 0 end
      if held then
        local version = string.match(held, '^{.*"version":(%d+)}$')
        if version and #version <= 18 and tonumber(version) > tonumber(ARGV[2]) then return 0 end
      end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
      return 1
      """;

  private final Supplier<RedisAsyncCommands<byte[], byte[]>> redis;
  private final long timeoutNanos;
  private final byte[] timeToLiveMillis;
  private final byte[] scriptText = PUT_UNLESS_NEWER.getBytes(UTF_8);
  private final String scriptSha = Base16.digest(scriptText);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder negatives = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder loads = new LongAdder();
  private volatile boolean away;

  /**
   * @param redis throws a {@link RedisException} while there is no connection
   * @param timeout how long a look-up is waited for
   */
  public CacheAside(
      Supplier<RedisAsyncCommands<byte[], byte[]>> redis, Duration timeout, Duration timeToLive) {
    this.redis = redis;
    this.timeoutNanos = timeout.toNanos();
    this.timeToLiveMillis = Long.toString(timeToLive.toMillis()).getBytes(UTF_8);
  }

  @Override
  public CompletableFuture<byte @Nullable []> begin(String key) {
    try {
      return redis.get().get(key.getBytes(UTF_8)).toCompletableFuture();
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Found get(
      String key, CompletableFuture<byte @Nullable []> begun, Supplier<Optional<byte[]>> load) {
    boolean asked = true;
    byte[] held = null;
    try (var _ = Timings.phase(Phase.CACHE)) {
      held = await(begun);
      if (away) {
        away = false;
        log.info("Redis answers the cache again");
      }
    } catch (RedisException e) {
      failed(e);
      asked = false;
    }
    if (held != null && Versioned.version(held) != Versioned.NONE) {
      hits.increment();
      return new Found(Result.HIT, held);
    }
    if (Arrays.equals(held, GONE)) {
      negatives.increment();
      return new Found(Result.NEGATIVE, null);
    }
    if (asked) {
      misses.increment();
    }
    loads.increment();
    Optional<byte[]> loaded = load.get();
    if (asked && loaded.isPresent()) {
      CompletableFuture<?> _ = sendPut(key, loaded.get());
    }
    return new Found(asked ? Result.MISS : Result.ERROR, loaded.orElse(null));
  }

  @Override
  public void put(String key, byte[] value) {
    try {
      var _ = await(sendPut(key, value));
    } catch (RedisException e) {
      failed(e);
    }
  }

  @Override
  public void remove(String key) {
    try {
      var _ = await(redis.get().set(key.getBytes(UTF_8), GONE, SetArgs.Builder.px(GONE_FOR)));
    } catch (RedisException e) {
      failed(e);
    }
  }

  @Override
  public Stats stats() {
    return new Stats(hits.sum(), misses.sum(), negatives.sum(), errors.sum(), loads.sum());
  }

  /** Redis drops its scripts when it restarts; the text is then sent once more. */
  private CompletableFuture<@Nullable Long> sendPut(String key, byte[] value) {
    byte[][] keys = {key.getBytes(UTF_8)};
    byte[] version = Long.toString(Versioned.version(value)).getBytes(UTF_8);
    byte[][] arguments = {value, version, timeToLiveMillis};
    try {
      RedisAsyncCommands<byte[], byte[]> commands = redis.get();
      CompletionStage<@Nullable Long> bySha = commands.evalsha(scriptSha, INTEGER, keys, arguments);
      return bySha
          .exceptionallyCompose(
              e ->
                  e instanceof RedisNoScriptException
                      ? commands.eval(scriptText, INTEGER, keys, arguments)
                      : CompletableFuture.failedStage(e))
          .toCompletableFuture();
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T extends @Nullable Object> T await(Future<T> future) {
    try {
      return future.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RedisException r ? r : new RedisException(e.getCause());
    } catch (TimeoutException e) {
      throw new RedisException("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException(e);
    }
  }

  private void failed(RedisException e) {
    errors.increment();
    if (!away) {
      away = true;
      log.warn("Redis does not answer the cache, reads go to the database: {}", e.getMessage());
    }
  }
}
