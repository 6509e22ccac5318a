package ladder.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A second node that found the first one's servers by {@code . data/embedded.env}. */
class TwoNodesIT {
  private static LadderProcess one;
  private static LadderProcess two;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    one = LadderProcess.start(LadderProcess.scratch("data"), Map.of());
    Map<String, String> found = environment(one.dataDir());
    key = found.get("LADDER_API_KEY");
    two = LadderProcess.start(LadderProcess.scratch("data"), found);
  }

  @AfterAll
  static void stop() {
    if (two != null) {
      two.close();
    }
    one.close();
  }

  @Test
  void whatOneNodeWroteTheOtherReadsAtOnce() throws Exception {
    try (LadderClient here = one.client(key);
        LadderClient there = two.client(key)) {
      String user = here.signUp("two-nodes@example.com").header("Location");
      assertEquals(200, there.get(user).status());
      for (int i = 0; i < 10; i++) {
        String name = "name " + i;
        String body = "{\"name\":\"%s\"}".formatted(name);
        LadderClient writing = i % 2 == 0 ? here : there;
        LadderClient reading = i % 2 == 0 ? there : here;
        assertEquals(200, writing.send("PATCH", user, body).status());
        assertEquals(name, LadderClient.json(reading.get(user)).get("name").textValue());
      }
      assertEquals(204, here.send("DELETE", user, "").status());
      assertEquals(404, there.get(user).status());
    }
  }

  @Test
  void theLimitIsOneOverBothNodes() throws Exception {
    String limited = one.createKey("both", 40);
    try (Load first = Load.reading(one, limited, 4, "/users/999999");
        Load second = Load.reading(two, limited, 4, "/users/999999")) {
      first.awaitMore(60);
      second.awaitMore(60);
      assertEquals(List.of(), first.stop().failures());
      assertEquals(List.of(), second.stop().failures());
      assertEquals(40, first.answersBut(429).size() + second.answersBut(429).size());
    }
  }

  @Test
  void aCrowdThatMeetsColdNodesGetsExactlyTheLimit() throws Exception {
    String limited = one.createKey("crowd", 60);
    Map<String, String> found = environment(one.dataDir());
    try (LadderProcess cold = LadderProcess.start(LadderProcess.scratch("data"), found);
        LadderProcess colder = LadderProcess.start(LadderProcess.scratch("data"), found);
        ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        LadderProcess node = i % 2 == 0 ? cold : colder;
        answers.add(crowd.submit(() -> status(node, limited)));
      }
      int served = 0;
      for (Future<Integer> answer : answers) {
        served += answer.get() == 429 ? 0 : 1;
      }
      assertEquals(60, served);
    }
  }

  private static int status(LadderProcess node, String key) throws IOException {
    try (LadderClient client = node.client(key)) {
      return client.get("/users/999999").status();
    }
  }

  private static Map<String, String> environment(Path dataDir) throws IOException {
    Process shell =
        new ProcessBuilder("sh", "-c", ". '%s/embedded.env' && env".formatted(dataDir)).start();
    Map<String, String> found = new HashMap<>();
    new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("LADDER_"))
        .map(line -> line.split("=", 2))
        .forEach(line -> found.put(line[0], line[1]));
    return found;
  }
}
