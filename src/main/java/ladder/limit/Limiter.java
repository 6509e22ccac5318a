package ladder.limit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Allows or refuses. A question has two halves, so that the caller can begin other commands before
 * it waits. Thread-safe.
 */
public sealed interface Limiter permits SlidingWindow, NoLimit {
  /** Sends the question and does not wait; never throws. */
  CompletableFuture<@Nullable List<Long>> begin(String key, Quota quota);

  /** Waits for the answer. Empty: nothing is limited. */
  Optional<Decision> decide(String key, Quota quota, CompletableFuture<@Nullable List<Long>> begun);

  Stats stats();

  /**
   * @param allowed by all nodes together, likewise denied
   * @param fallback decisions of this node alone, whichever way
   */
  record Stats(long allowed, long denied, long fallback) {}
}
