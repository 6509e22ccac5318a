package ladder.journal;

/**
 * One way in which effects leave, such as mail. Its drainer delivers several events at a time, and
 * an operator's replay may come at the same time, so it must be thread-safe. It may be given an
 * event again after a crash, so it should make repeats recognisable by {@link Event#id()}. Every
 * wait inside must be bounded.
 */
public interface Channel extends AutoCloseable {
  /** The largest setting for the deliveries under way: each may hold a connection of its own. */
  int CONCURRENCY_MAX = 64;

  /** Lower-case letters and hyphens: it names the position file and the rows of the ledger. */
  String name();

  /** Whether events of this kind have an effect here; the others are passed as done. */
  boolean wants(Kind kind);

  /** Tries once to deliver an event that it wants; trouble is a value, not an exception. */
  Delivery deliver(Event event) throws InterruptedException;

  /** How many deliveries may be under way, given the setting for channels that wait for others. */
  default int concurrency(int configured) {
    return configured;
  }

  /** Closes the connections that were kept for the next delivery. */
  @Override
  default void close() {}
}
