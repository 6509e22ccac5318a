package ladder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ladder.files.DataDirectory;
import ladder.harness.FakeClock;
import ladder.harness.ServerPids;
import ladder.harness.TestServers;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing behind and waits for nobody. */
class AppIT {
  @TempDir private Path temp;

  private Config embedded(String... namesAndValues) {
    Map<String, String> settings = new HashMap<>();
    settings.put("LADDER_PORT", "0");
    settings.put("LADDER_ADMIN_PORT", "0");
    settings.put("LADDER_DATA_DIR", temp.resolve("data").toString());
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Config.from(settings);
  }

  private Config external(String... namesAndValues) {
    TestServers.Backend servers = TestServers.shared();
    String[] all = new String[namesAndValues.length + 4];
    System.arraycopy(namesAndValues, 0, all, 4, namesAndValues.length);
    all[0] = "LADDER_DATABASE_URL";
    all[1] = servers.databaseUrl();
    all[2] = "LADDER_REDIS_URL";
    all[3] = servers.redisUrl();
    return embedded(all);
  }

  @Test
  void anErrorWhileBuildingClosesWhatWasOpened() throws Exception {
    Path data = temp.resolve("data");
    DataDirectory.open(data).close();
    Clock failing =
        FakeClock.of(
            () -> {
              if (calledByApp()) {
                throw new OutOfMemoryError("injected");
              }
              return Clock.system().nanos();
            },
            Clock.system()::now);
    Error error = assertThrows(OutOfMemoryError.class, () -> new App(embedded(), failing));
    assertEquals("injected", error.getMessage());
    assertTrue(Files.exists(data.resolve("embedded/primary")), "it fails after the servers");
    assertEquals(List.of(), new ServerPids(data).all());
    DataDirectory.open(data).close();
  }

  /** By its constructor, once the embedded servers run. */
  private static boolean calledByApp() {
    List<String> callers =
        StackWalker.getInstance()
            .walk(frames -> frames.map(StackWalker.StackFrame::getClassName).toList());
    return callers.contains(App.class.getName())
        && callers.stream().noneMatch(name -> name.startsWith("ladder.embedded"));
  }

  @Test
  void aTakenPortIsFoundBeforeAnythingIsStarted() throws Exception {
    for (String setting : List.of("LADDER_PORT", "LADDER_ADMIN_PORT")) {
      try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Config config = embedded(setting, Integer.toString(taken.getLocalPort()));
        IOException refused =
            assertThrows(IOException.class, () -> new App(config, Clock.system()));
        assertTrue(refused.getMessage().contains("or set " + setting), refused.getMessage());
        assertFalse(Files.exists(temp.resolve("data")));
      }
    }
  }

  @Test
  @Timeout(60)
  void aStartThatFailsDoesNotWaitForTheDrainDelay() throws Exception {
    Config config = external("LADDER_DRAIN_DELAY", "5m", "LADDER_PORT", freePort());
    try (App app = new App(config, Clock.system());
        ServerSocket _ =
            new ServerSocket(config.http().port(), 1, InetAddress.getLoopbackAddress())) {
      assertThrows(IOException.class, app::start);
    }
  }

  private static String freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(free.getLocalPort());
    }
  }

  @Test
  void theStepsOfTheShutdownAddUpToWhatTheOperatorIsTold() throws IOException {
    Config config = Config.from(Map.of());
    Duration embedded = App.Step.EMBEDDED_SERVERS.bound.apply(config);
    Duration all = Duration.ZERO;
    for (App.Step step : App.Step.values()) {
      all = all.plus(step.bound.apply(config));
    }
    String page = Files.readString(Path.of("src/site/markdown/deploying.md"));
    String sentence =
        "within %d seconds, or %d with the embedded servers"
            .formatted(all.minus(embedded).toSeconds(), all.toSeconds());
    assertTrue(page.replaceAll("\\s+", " ").contains(sentence), sentence);
  }
}
