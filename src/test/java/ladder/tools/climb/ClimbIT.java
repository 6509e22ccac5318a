package ladder.tools.climb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ladder.harness.Await;
import ladder.harness.LadderProcess;
import ladder.harness.ServerPids;
import ladder.json.Json;
import org.junit.jupiter.api.Test;

/** The command as a user meets it, on very little data. */
class ClimbIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static LadderProcess climb(Path dir, Path results, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "climb",
                "--small",
                "--users=200",
                "--pairs=1",
                "--measured=200ms",
                "--dir=" + dir,
                "--results=" + results));
    arguments.addAll(List.of(more));
    if (!arguments.toString().contains("--orders")) {
      arguments.add("--orders=2000");
    }
    return LadderProcess.launch(dir, Map.of(), arguments.toArray(String[]::new));
  }

  @Test
  void goesOnAfterAnInterruptAndComparesEveryRung() throws Exception {
    Path dir = LadderProcess.scratch("climb").resolve("data");
    Path results = LadderProcess.scratch("results");
    try (LadderProcess interrupted = climb(dir, results)) {
      Await.until(
          "its first case",
          PATIENCE,
          () -> !interrupted.isAlive() || interrupted.errors().toString().contains("cache: no"));
      List<ProcessHandle> children = interrupted.process().descendants().toList();
      assertFalse(children.isEmpty(), interrupted::toString);
      interrupted.terminate();
      assertEquals(1, interrupted.exitCode(), interrupted::toString);
      assertTrue(
          interrupted.errors().getLast().startsWith("ladder: interrupted: "),
          interrupted::toString);
      assertTrue(children.stream().noneMatch(ProcessHandle::isAlive), "a child was left behind");
      assertEquals(List.of(), new ServerPids(dir).all(), "a server was left behind");
      assertFalse(Files.exists(results.resolve("climb.json")));
    }
    try (LadderProcess again = climb(dir, results, "--json", "--commit=abc")) {
      Await.until("its end", PATIENCE, () -> !again.isAlive());
      assertEquals(0, again.exitCode(), again::toString);
      assertFalse(again.errors().toString().contains("making"), "the data were complete");
      JsonNode found = Json.read(Files.readAllBytes(results.resolve("climb.json")));
      assertEquals(found, Json.read(String.join("\n", again.output()).getBytes(UTF_8)));
      assertEquals(
          List.of("cache", "slow query", "pool", "replica", "index", "sign-up", "limit", "nodes"),
          found.get("cases").findValuesAsText("name"));
      assertEquals("abc", found.get("commit").asText());
      assertEquals(7, found.get("curve").size());
      String page = Files.readString(results.resolve("climb.html"));
      assertTrue(page.contains("\"carried\":"), "the page holds what was found");
      assertFalse(page.matches("(?s).*(src|href)=.*"), "the page needs something else");
    }
    LadderProcess capacity =
        LadderProcess.launch(dir, Map.of(), "capacity", "--from=" + results.resolve("climb.json"));
    try (capacity) {
      assertEquals(0, capacity.exitCode(), capacity::toString);
      assertTrue(capacity.output().contains("Nodes"), capacity::toString);
    }
  }

  @Test
  void leavesADirectoryAloneThatHoldsSomethingElse() throws Exception {
    Path dir = LadderProcess.scratch("somebody's");
    Path file = Files.writeString(dir.resolve("letter"), "dear");
    try (LadderProcess refused = climb(dir, LadderProcess.scratch("results"))) {
      assertEquals(1, refused.exitCode());
      assertTrue(
          refused.errors().getLast().contains("holds files that no climb made: name another"),
          refused::toString);
    }
    assertEquals("dear", Files.readString(file));
  }

  @Test
  void saysHowMuchDiskItNeeds() {
    Path dir = LadderProcess.scratch("climb").resolve("data");
    try (LadderProcess refused =
        climb(dir, LadderProcess.scratch("results"), "--orders=99000000000")) {
      assertEquals(1, refused.exitCode());
      assertTrue(
          refused.errors().getLast().startsWith("ladder: A climb needs "), refused::toString);
    }
    assertFalse(Files.exists(dir.resolve("embedded")));
  }
}
