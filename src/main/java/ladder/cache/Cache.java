package ladder.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of JSON values that end in their version. A look-up has two halves, so that the caller
 * can begin other commands before it waits. Thread-safe.
 */
public sealed interface Cache permits CacheAside, NoCache {
  /**
   * Sends the look-up and does not wait; never throws. A failed future is for {@link #get} to
   * understand.
   */
  CompletableFuture<byte @Nullable []> begin(String key);

  /**
   * Waits for the look-up; loads, and puts what was loaded, when it brought nothing.
   *
   * @param load empty when the source has no such value; what it throws passes through
   */
  Found get(
      String key, CompletableFuture<byte @Nullable []> begun, Supplier<Optional<byte[]>> load);

  /** After a committed write: the new value replaces an older one. */
  void put(String key, byte[] value);

  /** After a committed deletion: nothing that was read before it can come back. */
  void remove(String key);

  Stats stats();

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
    /** Redis could not be asked in time. */
    ERROR
  }

  record Stats(long hits, long misses, long negatives, long errors, long loads) {}
}
