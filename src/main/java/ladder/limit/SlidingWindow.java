package ladder.limit;

import static io.lettuce.core.ScriptOutputType.MULTI;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.temporal.ChronoUnit.MICROS;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.Base16;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exact sliding window, in Redis. When Redis does not answer, {@link LocalWindow} decides, and
 * goes on having a say for one window after Redis is back: what it allowed, Redis has not seen.
 * Thread-safe.
 */
public final class SlidingWindow implements Limiter {
  private static final Logger log = LoggerFactory.getLogger(SlidingWindow.class);

  /**
   * KEYS[1] the list of the times, in microseconds, of allowed requests, oldest first; ARGV the
   * limit and the window in microseconds. Answers whether it is allowed, how many are left, and
   * after how many microseconds one more will be.
   *
   * <p>Exact because Redis runs it alone, by one clock. Should that clock step back, now is taken
   * to be the newest time in the list: the list stays in order, and no window holds more than the
   * limit. After the limit was lowered the list can be longer than it: then the request that counts
   * is the one whose leaving makes room.
   */
  static final String SCRIPT =
      """
      local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
      local time = redis.call('TIME')
      local now = time[1] * 1000000 + time[2]
      local newest = redis.call('LINDEX', KEYS[1], -1)
      if newest then now = math.max(now, tonumber(newest)) end
      local oldest = redis.call('LINDEX', KEYS[1], 0)
      while oldest and tonumber(oldest) <= now - window do
        redis.call('LPOP', KEYS[1])
        oldest = redis.call('LINDEX', KEYS[1], 0)
      end
      local count = redis.call('LLEN', KEYS[1])
      if count >= limit then
        local leaving = redis.call('LINDEX', KEYS[1], count - limit)
        return {0, 0, tonumber(leaving) + window - now}
      end
      redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
      redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
      return {1, limit - count - 1, tonumber(oldest or now) + window - now}
      """;

  private final Supplier<RedisAsyncCommands<byte[], byte[]>> redis;
  private final long timeoutNanos;
  private final Clock clock;
  private final LocalWindow local;
  private final byte[] scriptText = SCRIPT.getBytes(UTF_8);
  private final String scriptSha = Base16.digest(scriptText);
  private final LongAdder allowed = new LongAdder();
  private final LongAdder denied = new LongAdder();
  private final LongAdder fallback = new LongAdder();
  private volatile boolean away;

  /** Until when the local window has a say. */
  private final AtomicLong localUntilNanos;

  /**
   * @param redis throws a {@link RedisException} while there is no connection
   * @param timeout how long the answer is waited for
   */
  public SlidingWindow(
      Supplier<RedisAsyncCommands<byte[], byte[]>> redis, Duration timeout, Clock clock) {
    this.redis = redis;
    this.timeoutNanos = timeout.toNanos();
    this.clock = clock;
    this.local = new LocalWindow(clock);
    this.localUntilNanos = new AtomicLong(clock.nanos());
  }

  @Override
  public CompletableFuture<@Nullable List<Long>> begin(String key, Quota quota) {
    byte[][] keys = {("limit:" + key).getBytes(UTF_8)};
    byte[] limit = Integer.toString(quota.requests()).getBytes(UTF_8);
    byte[] windowMicros = Long.toString(quota.window().toNanos() / 1_000).getBytes(UTF_8);
    try {
      RedisAsyncCommands<byte[], byte[]> commands = redis.get();
      CompletionStage<@Nullable List<Long>> bySha =
          commands.evalsha(scriptSha, MULTI, keys, limit, windowMicros);
      // Redis drops its scripts when it restarts; the text is then sent once more.
      return bySha
          .exceptionallyCompose(
              e ->
                  e instanceof RedisNoScriptException
                      ? commands.eval(scriptText, MULTI, keys, limit, windowMicros)
                      : CompletableFuture.failedStage(e))
          .toCompletableFuture();
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Optional<Decision> decide(
      String key, Quota quota, CompletableFuture<@Nullable List<Long>> begun) {
    Decision decision;
    try (var _ = Timings.phase(Phase.LIMIT)) {
      decision = shared(key, quota, begun);
      if (away) {
        away = false;
        log.info("Redis answers the limiter again");
      }
      (decision.allowed() ? allowed : denied).increment();
    } catch (RedisException e) {
      decision = alone(key, quota, e);
    }
    return Optional.of(decision);
  }

  @Override
  public Stats stats() {
    return new Stats(allowed.sum(), denied.sum(), fallback.sum());
  }

  private Decision shared(String key, Quota quota, CompletableFuture<@Nullable List<Long>> begun) {
    List<Long> answer = await(begun);
    if (answer == null || answer.size() != 3) {
      throw new RedisException("the limiter's script answered " + answer);
    }
    Decision decision =
        new Decision(
            answer.get(0) == 1, answer.get(1).intValue(), Duration.of(answer.get(2), MICROS));
    if (!decision.allowed()) {
      return decision;
    }
    if (clock.nanos() - localUntilNanos.get() < 0) {
      Decision locally = local.decide(key, quota);
      return locally.remaining() < decision.remaining() || !locally.allowed() ? locally : decision;
    }
    local.record(key, quota);
    return decision;
  }

  private Decision alone(String key, Quota quota, RedisException e) {
    if (!away) {
      away = true;
      log.warn("Redis does not answer the limiter, this node limits alone: {}", e.getMessage());
    }
    fallback.increment();
    long untilNanos = clock.nanos() + quota.window().toNanos();
    localUntilNanos.accumulateAndGet(untilNanos, (a, b) -> b - a > 0 ? b : a);
    return local.decide(key, quota);
  }

  private @Nullable List<Long> await(CompletableFuture<@Nullable List<Long>> future) {
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
}
