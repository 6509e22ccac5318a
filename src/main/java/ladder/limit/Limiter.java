package ladder.limit;

import java.util.Optional;

/** Allows or refuses. Thread-safe. */
public sealed interface Limiter permits SlidingWindow, NoLimit {
  /**
   * Asks whether a client may make one more request. The question is on its way when this returns,
   * so that the caller can send more before it waits.
   *
   * @param client counted apart from all others
   */
  Question ask(String client, Quota quota);

  Stats stats();

  /** A question that is under way. */
  @FunctionalInterface
  interface Question {
    /** Waits for the decision; empty when nothing is limited. Called once. */
    Optional<Decision> decision();
  }

  /**
   * @param allowed by all nodes together, likewise denied
   * @param fallback decisions of this node alone, whichever way
   */
  record Stats(long allowed, long denied, long fallback) {}
}
