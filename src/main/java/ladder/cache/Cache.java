package ladder.cache;

import java.util.Optional;
import java.util.function.Supplier;
import ladder.redis.Mark;
import org.jspecify.annotations.Nullable;

/** A cache of JSON objects. Thread-safe. */
public interface Cache {
  /**
   * Looks a key up. The look-up is on its way when this returns, so that the caller can send more
   * before it waits.
   */
  Lookup lookUp(String key);

  /**
   * Marks a key whose value a transaction replaces: to be called once the transaction holds the
   * lock of the row, and given to {@code Transaction.guard}.
   *
   * @param value the new one; null when it is deleted
   * @return empty when nothing is cached
   */
  Optional<Mark> change(String key, byte @Nullable [] value);

  Stats stats();

  /** A look-up that is under way. */
  @FunctionalInterface
  interface Lookup {
    /**
     * Waits for the value; loads it, and keeps what was loaded, when the cache has none. Called
     * once.
     *
     * @param load empty when the source has no such value; what it throws passes through. It may
     *     run once more later, on another thread, to renew the value
     */
    Found orLoad(Supplier<Optional<byte[]>> load);
  }

  /**
   * @param value null when there is no such value
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Found(Result result, byte @Nullable [] value) {}

  enum Result {
    HIT,
    MISS,
    /** The time to live is over, but the source cannot answer. */
    STALE,
    /** The cache knows that there is no such value. */
    NEGATIVE,
    /** Redis is away. */
    ERROR
  }

  record Stats(long hits, long misses, long stale, long negatives, long errors, long loads) {}
}
