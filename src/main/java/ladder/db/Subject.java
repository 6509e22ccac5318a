package ladder.db;

/**
 * What a read must be fresh about: reads of a subject see what was written about it, on any node. A
 * read that shows several things has the subject whose changes it must show.
 */
public sealed interface Subject {
  /** The same on every node. */
  String name();

  /** A user, with their orders. */
  record User(long id) implements Subject {
    @Override
    public String name() {
      return "user:" + id;
    }
  }

  /** An API key, by the hash that it is stored under. */
  record Key(String hash) implements Subject {
    @Override
    public String name() {
      return "key:" + hash;
    }
  }
}
