package ladder.harness.history;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import ladder.harness.history.Violation.Rule;

/** What is shown to people of many violations: how many there are of each rule, and the first. */
public final class Excerpt {
  private static final int SHOWN_MAX = 3;

  private Excerpt() {}

  /**
   * Lines; none when nothing is wrong.
   *
   * @param zeroNanos from when times are counted
   */
  public static List<String> of(List<Violation> violations, long zeroNanos, long seed) {
    Map<Rule, List<Violation>> byRule = new EnumMap<>(Rule.class);
    for (Violation violation : violations) {
      byRule.computeIfAbsent(violation.rule(), _ -> new ArrayList<>()).add(violation);
    }
    List<String> lines = new ArrayList<>();
    byRule.forEach(
        (rule, all) -> {
          lines.add("%s: %d, such as".formatted(rule, all.size()));
          all.stream()
              .limit(SHOWN_MAX)
              .forEach(v -> lines.addAll(v.text(zeroNanos, seed).lines().toList()));
        });
    return lines;
  }
}
