package ladder.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.measure.Timings.Span;
import ladder.redis.Mark;
import ladder.redis.Redis;
import ladder.redis.Reply;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Cache-aside in Redis. What a hit answers was current when Redis was asked: a write marks the key
 * before it commits, and a load is kept only if nobody has marked it since; the lesson of this
 * package has the argument. While Redis is away every read loads, and nothing fails for it.
 * Thread-safe.
 */
public final class CacheAside implements Cache {
  /**
   * @param timeToLive of a value, less up to a tenth, so that what was kept together does not
   *     expire together
   * @param schema the shape of the values: to be raised by whoever changes it
   * @param staleFor how long beyond its time to live a value is kept for when no source answers
   * @param absentKept whether it is remembered for seconds that a value does not exist
   */
  public record Options(Duration timeToLive, int schema, Duration staleFor, boolean absentKept) {}

  /** Longer than nearly every load, and for a request not too long. */
  private static final Duration OTHERS_LOAD_MAX = Duration.ofMillis(500);

  private final Redis redis;
  private final BooleanSupplier current;
  private final Entries entries;
  private final Loads loads;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder negatives = new LongAdder();
  private final LongAdder errors = new LongAdder();

  /**
   * @param current whether every change so far is known to have reached Redis
   */
  public CacheAside(
      Redis redis, Options options, BooleanSupplier current, Clock clock, RandomGenerator random) {
    this(redis, options, current, clock, random, OTHERS_LOAD_MAX);
  }

  /**
   * @param othersLoadMax how long a node waits for the load of another before it loads itself
   */
  CacheAside(
      Redis redis,
      Options options,
      BooleanSupplier current,
      Clock clock,
      RandomGenerator random,
      Duration othersLoadMax) {
    this.redis = redis;
    this.current = current;
    this.entries = new Entries(redis, options, clock, random);
    this.loads = new Loads(entries, othersLoadMax, clock);
  }

  @Override
  public Lookup lookUp(String key) {
    // Asked before Redis is: what Redis holds later can only be newer.
    boolean trusted = current.getAsBoolean();
    Span span = Timings.beside(Phase.CACHE);
    Reply<byte @Nullable []> reply = redis.get(key);
    return load -> {
      byte[] held;
      try (span) {
        held = reply.await();
      } catch (UnavailableException e) {
        errors.increment();
        return new Found(Result.ERROR, loads.load(load).orElse(null));
      }
      if (!trusted) {
        misses.increment();
        return new Found(Result.MISS, loads.load(load).orElse(null));
      }
      Optional<Entry> entry = entries.read(held);
      return entry.isPresent() && held != null
          ? hit(key, held, entry.get(), load)
          : missed(key, held, load);
    };
  }

  private Found hit(String key, byte[] held, Entry entry, Supplier<Optional<byte[]>> load) {
    if (entry.value() == null) {
      negatives.increment();
      return new Found(Result.NEGATIVE, null);
    }
    hits.increment();
    loads.renewEarly(key, held, entry, load);
    return new Found(Result.HIT, entry.value());
  }

  private Found missed(String key, byte @Nullable [] held, Supplier<Optional<byte[]>> load) {
    misses.increment();
    try {
      return new Found(Result.MISS, loads.join(key, held, load).orElse(null));
    } catch (UnavailableException e) {
      byte[] last = entries.stale(key).orElseThrow(() -> e);
      stale.increment();
      return new Found(Result.STALE, last);
    }
  }

  @Override
  public Optional<Mark> change(String key, byte @Nullable [] value) {
    byte[] token = entries.token();
    return Optional.of(
        new Mark(
            Entries.keys(key),
            entries.mark(key, token),
            _ -> entries.settle(key, token, value),
            () -> {
              var _ = entries.settle(key, token, null);
            }));
  }

  @Override
  public Stats stats() {
    return new Stats(
        hits.sum(), misses.sum(), stale.sum(), negatives.sum(), errors.sum(), loads.count());
  }
}
