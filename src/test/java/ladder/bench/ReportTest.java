package ladder.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ladder.bench.Bench.Samples;
import ladder.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written of the figures. */
class ReportTest {
  @TempDir private Path home;

  private Peer peer(String name) throws Exception {
    Path jar = Files.writeString(home.resolve("a.jar"), "1234567");
    return new Peer(name, home, jar, Map.of(), List.of("java"), Set.of(Trial.CACHED));
  }

  private static Samples samples(double... throughputs) {
    Samples samples = new Samples();
    samples.startSeconds.add(1.5);
    samples.residentMib.add(100.0);
    List<Sample> runs = new ArrayList<>();
    for (double throughput : throughputs) {
      runs.add(new Sample(throughput, 1, 2, 30, 4_000, 5, 0.5, 0, 0));
    }
    samples.of.put(Trial.CACHED, runs);
    return samples;
  }

  @Test
  void writesMediansSpreadAndRatios() throws Exception {
    Map<Peer, Samples> seen = new LinkedHashMap<>();
    seen.put(peer("ladder"), samples(900, 1_000, 1_200));
    seen.put(peer("other</script>"), samples(400, 500, 300));
    Path template =
        Files.writeString(home.resolve("t.html"), "<script>x = /*BENCH*/null;</script>");
    Bench.Scale scale = new Bench.Scale(3, Duration.ofSeconds(1), Duration.ofSeconds(2));
    new Report(scale, List.of(Trial.CACHED), seen, "180000", "abc").write(home, template);

    JsonNode json = Json.read(Files.readAllBytes(home.resolve("bench.json")));
    for (String member : List.of("at", "machine", "versions", "flags", "commit", "peers")) {
      assertTrue(json.has(member), member);
    }
    JsonNode one = json.get("cases").get(0);
    assertEquals("cached", one.get("name").textValue());
    JsonNode other = one.get("rows").get(1);
    assertEquals(0.4, other.get("ratio").doubleValue(), 1e-9);
    assertEquals(400, other.get("throughput").get("median").doubleValue());
    assertEquals(300, other.get("throughput").get("min").doubleValue());
    assertEquals(500, other.get("throughput").get("max").doubleValue());
    String markdown = Files.readString(home.resolve("bench.md"));
    assertTrue(
        markdown.contains("| ladder | 1,000 (900 to 1,200) | 1.00 | 1.00 | 2.00 | 30 | 4,000 |"),
        markdown);
    String page = Files.readString(home.resolve("bench.html"));
    assertFalse(page.contains("other</script>"), "no name ends the script");
    assertTrue(page.startsWith("<script>x = {"));
  }
}
