package ladder.journal;

/**
 * One kind of effect. Called by one thread at a time; may be given an event again after a crash, so
 * it should make repeats recognisable by {@link Event#id()}. Every wait inside must be bounded.
 */
public interface Channel {
  /** Lower-case letters and hyphens: it names the position file and the rows of the ledger. */
  String name();

  /** Tries once; trouble is a value, not an exception. */
  Delivery deliver(Event event) throws InterruptedException;
}
