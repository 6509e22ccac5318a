package ladder.tools.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import ladder.harness.TestApp;
import ladder.tools.Commands;
import org.junit.jupiter.api.Test;

class LoadIT {
  private record Run(int exit, String out, String err) {}

  private static final String[] SHORT = {"--warmup", "100ms", "--duration", "300ms"};

  private static Run load(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PrintStream o = new PrintStream(out, true, UTF_8);
        PrintStream e = new PrintStream(err, true, UTF_8)) {
      String[] all =
          Stream.of(Stream.of("load"), Arrays.stream(SHORT), Arrays.stream(arguments))
              .flatMap(s -> s)
              .toArray(String[]::new);
      int exit = new Commands(o, e, () -> {}).run(all);
      return new Run(exit, out.toString(UTF_8), err.toString(UTF_8));
    }
  }

  @Test
  void measuresClientsThatReadUsers() {
    try (TestApp app = TestApp.start()) {
      String key = app.newKey("load", 100_000);
      String user = app.newUser();
      String url = "http://127.0.0.1:" + app.port() + user;
      Run run = load("--clients", "4", "--header", "X-API-Key: " + key, "--json", url);
      assertEquals(0, run.exit, run::toString);
      assertTrue(run.err.startsWith("ladder: GET " + url + ", 4 clients, for 0.3 s"), run.err);
      LoadResult result = LoadResult.read(run.out.getBytes(UTF_8));
      assertEquals(Set.of("200"), result.statuses().keySet());
      assertEquals(Map.of(), result.errors());
      assertEquals(1, result.successShare());
      assertTrue(result.requests() > 4, run.out);
      assertTrue(result.latency().p50() <= result.latency().max(), run.out);
    }
  }

  @Test
  void signsUpAtARateAndNeverTwiceTheSame() {
    try (TestApp app = TestApp.start()) {
      Run run =
          load(
              "--rate",
              "50",
              "--method",
              "POST",
              "--body",
              "{\"email\":\"load-{seq}@example.com\",\"name\":\"L\"}",
              "--header",
              "Content-Type: application/json",
              "--header",
              "X-API-Key: " + app.newKey("load", 100_000),
              "--json",
              "http://127.0.0.1:" + app.port() + "/signup");
      LoadResult result = LoadResult.read(run.out.getBytes(UTF_8));
      assertEquals(Map.of("201", 15L), result.statuses(), "50 a second for 0.3 s");
    }
  }

  @Test
  void followsNoRedirectAndShowsEveryStatus() {
    try (TestApp app = TestApp.start()) {
      Run run = load("--clients", "1", "http://127.0.0.1:" + app.port() + "/nowhere");
      assertEquals(0, run.exit, run::toString);
      assertTrue(run.out.contains("statuses      404: "), run.out);
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Run run = load("http://127.0.0.1:" + port + "/");
    assertEquals(1, run.exit);
    assertEquals("", run.out);
    assertTrue(
        run.err.startsWith("ladder: 127.0.0.1:" + port + " does not accept connections"), run.err);
    assertFalse(run.err.contains("\tat "), run.err);
  }

  @Test
  void countsWhatAServerThatHangsUpLeavesUnanswered() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        server.accept().close();
                      }
                    } catch (java.io.IOException e) {
                      // The test is over.
                    }
                  });
      Run run = load("--rate", "20", "http://127.0.0.1:" + server.getLocalPort() + "/");
      assertEquals(1, run.exit, run::toString);
      assertTrue(run.err.contains("ladder: no request was answered"), run.err);
      assertTrue(run.out.contains("closed: "), run.out);
    }
  }
}
