package ladder.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.measure.Timings.Span;
import ladder.redis.Redis;
import ladder.redis.Reply;
import ladder.redis.Script;
import org.jspecify.annotations.Nullable;

/**
 * Cache-aside in Redis. While Redis is away every read loads, and nothing fails for it. A reader's
 * put is sent and not waited for: its answer does not depend on it. A writer's put is waited for:
 * once the write is answered Redis holds the new value, and every node serves it, unless Redis was
 * away or evicted it. Thread-safe.
 */
public final class CacheAside implements Cache {
  /** Stands for a deleted value; JSON's own word for it. */
  private static final byte[] GONE = "null".getBytes(UTF_8);

  /** Longer than any load: two servers, each with 30 s of waiting and 60 s of work at the most. */
  private static final Duration GONE_FOR = Duration.ofMinutes(5);

  /**
   * KEYS[1] the key; ARGV the value, its version, its time to live in ms. What {@link Versioned}
   * cannot read gives way.
   */
  private static final Script PUT_UNLESS_NEWER =
      new Script(
          """
          local held = redis.call('GET', KEYS[1])
          if held == 'null' then return {0} end
          if held then
            local version = string.match(held, '^{.*"version":(%d+)}$')
            if version and #version <= 18 and tonumber(version) > tonumber(ARGV[2]) then
              return {0}
            end
          end
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
          return {1}
          """);

  private final Redis redis;
  private final byte[] timeToLiveMillis;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder negatives = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder loads = new LongAdder();

  public CacheAside(Redis redis, Duration timeToLive) {
    this.redis = redis;
    this.timeToLiveMillis = decimal(timeToLive.toMillis());
  }

  @Override
  public Lookup lookUp(String key) {
    Span span = Timings.beside(Phase.CACHE);
    Reply<byte @Nullable []> reply = redis.get(key);
    return load -> {
      byte[] held;
      try (span) {
        held = reply.await();
      } catch (UnavailableException e) {
        errors.increment();
        return new Found(Result.ERROR, load(load).orElse(null));
      }
      return found(key, held, load);
    };
  }

  private Found found(String key, byte @Nullable [] held, Supplier<Optional<byte[]>> load) {
    if (held != null && Versioned.version(held) != Versioned.NONE) {
      hits.increment();
      return new Found(Result.HIT, held);
    }
    if (Arrays.equals(held, GONE)) {
      negatives.increment();
      return new Found(Result.NEGATIVE, null);
    }
    misses.increment();
    Optional<byte[]> loaded = load(load);
    loaded.ifPresent(value -> sendPut(key, value));
    return new Found(Result.MISS, loaded.orElse(null));
  }

  private Optional<byte[]> load(Supplier<Optional<byte[]>> load) {
    loads.increment();
    return load.get();
  }

  @Override
  public void put(String key, byte[] value) {
    await(sendPut(key, value));
  }

  @Override
  public void remove(String key) {
    await(redis.set(key, GONE, GONE_FOR));
  }

  @Override
  public Stats stats() {
    return new Stats(hits.sum(), misses.sum(), negatives.sum(), errors.sum(), loads.sum());
  }

  private Reply<List<Long>> sendPut(String key, byte[] value) {
    return redis.run(
        PUT_UNLESS_NEWER, key, value, decimal(Versioned.version(value)), timeToLiveMillis);
  }

  private void await(Reply<?> reply) {
    try (var _ = Timings.phase(Phase.CACHE)) {
      Object _ = reply.await();
    } catch (UnavailableException e) {
      errors.increment();
    }
  }

  private static byte[] decimal(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }
}
