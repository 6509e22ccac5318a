package ladder.journal;

import java.time.Duration;

/** How one attempt ended. */
public sealed interface Delivery {
  /** The receiver has it. */
  record Delivered() implements Delivery {}

  /** The receiver does not have it, for this reason. */
  sealed interface Failed extends Delivery {
    String reason();
  }

  /** Trying again would end the same way: the entry becomes a dead letter. */
  record Refused(String reason) implements Failed {}

  /** The receiver works and will take this message later: only this entry waits. */
  record Deferred(String reason) implements Failed {}

  /**
   * The receiver takes no message now: it is away, busy, or its set-up is wrong.
   *
   * @param retryAfter the wait that the receiver asks for, in which it gets nothing; zero when it
   *     asks for none, and then so many of these in a row are an outage
   */
  record Unavailable(String reason, Duration retryAfter) implements Failed {
    public Unavailable(String reason) {
      this(reason, Duration.ZERO);
    }
  }
}
