package ladder.fault.table;

import ladder.harness.history.MixedLoad;

/**
 * Something that is done to the servers behind the nodes.
 *
 * @param name as the table has it
 * @param done what is done, for the same
 */
record Fault(String name, String done, Hit hit, Injection injection) {
  /** What it hits, which decides what clients may notice. */
  enum Hit {
    NOTHING(true),
    REDIS(true),
    REPLICA(true),
    PRIMARY(false);

    private final boolean hidden;

    Hit(boolean hidden) {
      this.hidden = hidden;
    }

    /** Whether no read may fail for it. */
    boolean isHiddenFromReads() {
      return hidden;
    }
  }

  /** Begins it; closing what this returns ends it. */
  @FunctionalInterface
  interface Injection {
    AutoCloseable begin(MixedLoad load, long seed) throws Exception;
  }
}
