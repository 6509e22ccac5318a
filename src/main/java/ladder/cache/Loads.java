package ladder.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.time.Clock;
import ladder.time.SingleFlight;
import org.jspecify.annotations.Nullable;

/**
 * One load for a crowd: all of a node who miss the same key share one, and the nodes take turns by
 * the token that stands in the key meanwhile. Every wait for another's load is bounded, and then
 * the one who waited loads. Thread-safe.
 */
final class Loads {
  /** Between two looks whether the load of another node is over. */
  private static final Duration LOOK_PAUSE = Duration.ofMillis(10);

  /** How long a request waits for the load of another request of its node. */
  private static final Duration SHARED_WAIT_MAX = Duration.ofSeconds(2);

  /** Renewals at once; beyond it an entry expires, and is loaded by a miss. */
  private static final int RENEWALS_MAX = 16;

  /**
   * A load that was shared.
   *
   * @param began its place in the order of arrivals and beginnings
   * @param current whether nobody changed the key until the value was put there
   */
  private record Shared(Optional<byte[]> value, long began, boolean current) {}

  private final Entries entries;
  private final long othersLoadLooksMax;
  private final Clock clock;
  private final SingleFlight<Shared> flights =
      new SingleFlight<>("the load that others make", SHARED_WAIT_MAX);
  private final AtomicLong order = new AtomicLong();
  private final Semaphore renewals = new Semaphore(RENEWALS_MAX);
  private final LongAdder count = new LongAdder();

  Loads(Entries entries, Duration othersLoadMax, Clock clock) {
    this.entries = entries;
    this.othersLoadLooksMax = othersLoadMax.dividedBy(LOOK_PAUSE);
    this.clock = clock;
  }

  long count() {
    return count.sum();
  }

  /** Loads, for one request alone. */
  Optional<byte[]> load(Supplier<Optional<byte[]>> load) {
    count.increment();
    return load.get();
  }

  /**
   * Loads, or takes part in the load of another.
   *
   * @param held what the caller found in Redis, which is no entry
   */
  Optional<byte[]> join(String key, byte @Nullable [] held, Supplier<Optional<byte[]>> load) {
    long arrived = order.incrementAndGet();
    Shared shared = flights.join(key, () -> shared(key, held, load));
    if (!shared.current && shared.began < arrived) {
      // It may have read before a write that was answered before the caller came. What is joined
      // now began later.
      shared = flights.join(key, () -> shared(key, null, load));
    }
    return shared.value;
  }

  private Shared shared(String key, byte @Nullable [] held, Supplier<Optional<byte[]>> load) {
    long began = order.incrementAndGet();
    Optional<byte[]> token = Optional.empty();
    try (var _ = Timings.phase(Phase.CACHE)) {
      token = entries.acquire(key, held);
      if (token.isEmpty()) {
        Optional<Entry> other = othersLoad(key);
        if (other.isPresent()) {
          return new Shared(Optional.ofNullable(other.get().value()), began, true);
        }
      }
    } catch (UnavailableException e) {
      // Without Redis there is nobody to take turns with.
    }
    return token.isPresent()
        ? kept(key, token.get(), began, load)
        : new Shared(load(load), began, false);
  }

  /** What another node has loaded; empty when it does not come, or a write is under way. */
  private Optional<Entry> othersLoad(String key) {
    for (int look = 0; look < othersLoadLooksMax; look++) {
      byte[] held = entries.held(key);
      Optional<Entry> entry = entries.read(held);
      if (held == null) { // it holds what is no value, unless the other has just given up
        entries.clear(key);
      }
      if (entry.isPresent() || !entries.isToken(held, "load ")) {
        return entry;
      }
      LockSupport.parkNanos(LOOK_PAUSE.toNanos());
    }
    return Optional.empty();
  }

  private Shared kept(String key, byte[] token, long began, Supplier<Optional<byte[]>> load) {
    long beganNanos = clock.nanos();
    Optional<byte[]> value;
    try {
      value = load(load);
    } catch (Throwable e) { // an Error must not let others wait either
      var _ = entries.release(key, token);
      throw e;
    }
    long loadMillis = Duration.ofNanos(clock.nanos() - beganNanos).toMillis();
    boolean current = false;
    try (var _ = Timings.phase(Phase.CACHE)) {
      current = entries.keep(key, token, value.orElse(null), loadMillis);
    } catch (UnavailableException e) {
      // The value is as good as one that was not kept.
    }
    return new Shared(value, began, current);
  }

  /**
   * Renews an entry that is about to expire, in the background: probabilistic early expiration
   * (XFetch; Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention,
   * VLDB 2015). The nearer the end, and the longer a load takes, the likelier a reader finds the
   * entry due; whoever does claims it by putting off its end, so that nobody else does.
   */
  void renewEarly(String key, byte[] held, Entry entry, Supplier<Optional<byte[]>> load) {
    if (entries.isDue(entry) && renewals.tryAcquire()) {
      Thread _ =
          Thread.ofVirtual().name("cache-renewal").start(() -> renew(key, held, entry, load));
    }
  }

  private void renew(String key, byte[] held, Entry entry, Supplier<Optional<byte[]>> load) {
    try {
      Optional<byte[]> claimed = entries.claim(key, held, entry);
      claimed.ifPresent(token -> kept(key, token, 0, load));
    } catch (UnavailableException e) {
      // Redis is away, or the load failed and let the entry go: a miss loads it.
    } finally {
      renewals.release();
    }
  }
}
