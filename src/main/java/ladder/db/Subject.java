package ladder.db;

/**
 * What a read must be fresh about: reads of a subject see what this node wrote about it. A read
 * that shows several things has the subject whose changes it must show.
 */
public sealed interface Subject {
  /** A user, with the list of their orders. */
  record User(long id) implements Subject {}

  /** One order. */
  record Order(long id) implements Subject {}

  /** An API key, by the hash that it is stored under. */
  record Key(String hash) implements Subject {}
}
