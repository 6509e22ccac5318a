package ladder.fault.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import ladder.fault.table.Fault.Hit;
import ladder.harness.LadderClient;
import org.junit.jupiter.api.Test;

/** The table as text and as JSON. */
class FaultTableTest {
  private static final FaultRow NONE = row("none", Hit.NOTHING, 0, List.of());
  private static final FaultRow STALE =
      row("Redis killed", Hit.REDIS, 3, List.of("GET /users/7 went back"));

  private static final FaultTable TABLE =
      new FaultTable(42, Map.of("commit", "abc"), List.of(NONE, STALE), 500);

  @Test
  void everyLineHasTheColumnsOfTheHead() {
    List<String> lines = TABLE.markdown().lines().filter(line -> line.startsWith("|")).toList();
    assertEquals(4, lines.size());
    for (String line : lines) {
      assertEquals(13, line.chars().filter(c -> c == '|').count(), line);
    }
  }

  @Test
  void theTextSaysWhatTheCacheIsWorthAndWhatWentBack() {
    String text = TABLE.markdown();
    assertTrue(text.contains("Hit ratio without a fault: 0.900."), text);
    assertTrue(text.contains("under the same load: 2.40 (1,200/s to 500/s)"), text);
    assertTrue(text.contains("seed: 42"), text);
    assertTrue(text.contains("GET /users/7 went back"), text);
  }

  @Test
  void theJsonHasACaseForEachRow() {
    JsonNode json = LadderClient.json(TABLE.json());
    assertEquals(2, json.get("cases").size());
    assertEquals(3, json.get("cases").get(1).get("staleReads").intValue());
    assertEquals("abc", json.get("commit").textValue());
    assertEquals(2.4, json.get("cachedToUncached").doubleValue());
  }

  @Test
  void whatOneRowBreaksTheTableBreaks() {
    assertEquals(List.of("Redis killed: 3 stale reads"), TABLE.broken());
  }

  private static FaultRow row(String fault, Hit hit, int staleReads, List<String> examples) {
    return new FaultRow(
        fault, "done", hit, 6, 12, "load", 10_000, 1_200, 0, 0, staleReads, 0, 1, 2, 0.9, examples);
  }
}
