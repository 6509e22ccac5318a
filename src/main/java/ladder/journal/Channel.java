package ladder.journal;

/**
 * One kind of effect. Its drainer gives it one event after the other, and an operator's replay may
 * come at the same time, so it must be thread-safe. It may be given an event again after a crash,
 * so it should make repeats recognisable by {@link Event#id()}. Every wait inside must be bounded.
 */
public interface Channel extends AutoCloseable {
  /** Lower-case letters and hyphens: it names the position file and the rows of the ledger. */
  String name();

  /** Tries once; trouble is a value, not an exception. */
  Delivery deliver(Event event) throws InterruptedException;

  /** Lets go of what was kept for the next delivery. */
  @Override
  default void close() {}
}
