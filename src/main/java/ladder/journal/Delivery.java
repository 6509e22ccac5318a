package ladder.journal;

/** How one attempt ended. */
public sealed interface Delivery {
  /** The receiver has it. */
  record Delivered() implements Delivery {}

  /** Trying again would end the same way: the entry becomes a dead letter. */
  record Refused(String reason) implements Delivery {}

  /** The receiver is away or its set-up is wrong: the entry is tried again later. */
  record Unavailable(String reason) implements Delivery {}
}
