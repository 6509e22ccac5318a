package ladder.cache;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A cache of JSON values that end in their version. Thread-safe. */
public interface Cache {
  /**
   * Looks a key up. The look-up is on its way when this returns, so that the caller can send more
   * before it waits.
   */
  Lookup lookUp(String key);

  /** After a committed write: the new value replaces an older one. */
  void put(String key, byte[] value);

  /** After a committed deletion: marks the value as absent, which a put does not replace. */
  void remove(String key);

  Stats stats();

  /** A look-up that is under way. */
  @FunctionalInterface
  interface Lookup {
    /**
     * Waits for the value; loads it, and puts what was loaded, when the cache has none. Called
     * once.
     *
     * @param load empty when the source has no such value; what it throws passes through
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
    /** The cache knows that the value is gone. */
    NEGATIVE,
    /** Redis is away. */
    ERROR
  }

  record Stats(long hits, long misses, long negatives, long errors, long loads) {}
}
