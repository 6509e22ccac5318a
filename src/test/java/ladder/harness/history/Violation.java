package ladder.harness.history;

/**
 * Two operations that no order of events explains.
 *
 * @param earlier what shows that the later one is wrong
 * @param later the one that is wrong
 */
public record Violation(Rule rule, Operation earlier, Operation later) {
  /** What an answer must not do. */
  public enum Rule {
    OLDER_THAN_WRITE("a read shows a version older than one that was written before it began"),
    OLDER_THAN_READ("a read shows a version older than one that was read before it began"),
    BACK_FROM_DELETION("what was gone is there again"),
    ABSENT_WITHOUT_DELETE("what was there is gone, and nobody may have deleted it"),
    ORDER_MISSING("a list lacks an order that was there before it began"),
    ANOTHERS("an answer is about another user or order than the one asked for"),
    NEVER_WRITTEN("a version is higher than so many writes can have made it"),
    TWO_NAMES("one version has two contents"),
    LOST_WRITE("a write made a version that was there before");

    private final String sentence;

    Rule(String sentence) {
      this.sentence = sentence;
    }
  }

  /** Whether a reader was misled, rather than a write lost. */
  public boolean isStaleRead() {
    return !later.isWrite();
  }

  /**
   * For people.
   *
   * @param zeroNanos from when times are counted
   */
  public String text(long zeroNanos, long seed) {
    return "%s (%s, seed %d)\n  %s\n  %s"
        .formatted(rule.sentence, rule, seed, earlier.text(zeroNanos), later.text(zeroNanos));
  }
}
