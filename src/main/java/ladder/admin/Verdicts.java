package ladder.admin;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ladder.Rung;
import ladder.db.Database;
import ladder.measure.Verdict;
import ladder.time.Clock;

/** What {@code /verdict} answers: the verdict with its evidence, and what to do. Thread-safe. */
public final class Verdicts {
  private final Watch watch;
  private final MissingIndexes indexes;
  private final Advice advice;

  /**
   * @param rungs those that are on
   */
  public Verdicts(Watch watch, Database database, Set<Rung> rungs, Clock clock) {
    this.watch = watch;
    this.indexes = new MissingIndexes(database, clock);
    this.advice = new Advice(rungs);
  }

  /** The contract's members, for JSON. */
  Map<String, Object> tree() {
    return tree(indexes.list());
  }

  /** The same at once, with the indexes that were found missing up to now. */
  Map<String, Object> treeAtOnce() {
    return tree(indexes.list(Duration.ZERO));
  }

  private Map<String, Object> tree(List<MissingIndexes.Missing> missing) {
    Watch.Seen seen = watch.seen();
    Verdict verdict = seen.verdict();
    Advice.Given given = advice.on(verdict, seen.traffic(), missing);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("bound", verdict.bound().label());
    tree.put("on", verdict.bound().on());
    tree.put("confidence", Math.rint(verdict.confidence() * 100) / 100);
    tree.put("evidence", Evidence.of(verdict, seen.traffic()));
    tree.put("rung", given.rung().label());
    tree.put("advice", given.sentence());
    tree.put("since", verdict.since());
    tree.put("indexes", missing);
    return tree;
  }
}
