package ladder.fault.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All rows, and what the cache is worth.
 *
 * @param rows the first without a fault
 * @param uncachedPerSecond what the nodes answered to the load of the first row without a cache
 */
record FaultTable(
    long seed, Map<String, String> about, List<FaultRow> rows, long uncachedPerSecond) {
  /** Above the rows, and printed before the first of them is done. */
  static final String HEAD =
      """
      | fault | what was done | for | under load for | load | requests | failed reads \
      | failed writes | stale reads | wrong writes | p99 of reads | slowest read |
      |---|---|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|
      """;

  static String line(FaultRow row) {
    String fault = row.faultSeconds() == 0 ? "-" : "%.1f s".formatted(row.faultSeconds());
    return "| %s | %s | %s | %.1f s | %s, %,d/s | %,d | %,d | %,d | %,d | %,d | %.1f ms | %.0f ms |"
        .formatted(
            row.fault(),
            row.done(),
            fault,
            row.loadSeconds(),
            row.load(),
            row.perSecond(),
            row.requests(),
            row.failedReads(),
            row.failedWrites(),
            row.staleReads(),
            row.wrongWrites(),
            row.readP99Millis(),
            row.readMaxMillis());
  }

  double cachedToUncached() {
    return uncachedPerSecond == 0 ? 0 : rows.getFirst().perSecond() / (double) uncachedPerSecond;
  }

  String worth() {
    FaultRow first = rows.getFirst();
    return String.format(
        Locale.ROOT,
        "Hit ratio without a fault: %.3f. Cached to uncached under the same load: %.2f"
            + " (%,d/s to %,d/s).%n",
        first.hitRatio(),
        cachedToUncached(),
        first.perSecond(),
        uncachedPerSecond);
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# What clients notice of faults\n\n");
    about.forEach((name, value) -> text.append("%s: %s. ".formatted(name, value)));
    text.append("seed: %d.%n%n".formatted(seed)).append(HEAD);
    rows.forEach(row -> text.append(line(row)).append('\n'));
    text.append('\n').append(worth());
    for (FaultRow row : rows) {
      if (!row.examples().isEmpty()) {
        text.append("%n## %s%n%n```%n".formatted(row.fault()));
        row.examples().forEach(example -> text.append(example).append('\n'));
        text.append("```\n");
      }
    }
    return text.toString();
  }

  String json() {
    Map<String, Object> tree = new LinkedHashMap<>(about);
    tree.put("seed", seed);
    tree.put("cases", rows);
    tree.put("hitRatio", rows.getFirst().hitRatio());
    tree.put("cachedPerSecond", rows.getFirst().perSecond());
    tree.put("uncachedPerSecond", uncachedPerSecond);
    tree.put("cachedToUncached", cachedToUncached());
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /** What must not be, of all rows; empty when all is as promised. */
  List<String> broken() {
    return rows.stream().flatMap(row -> row.broken().stream()).toList();
  }
}
