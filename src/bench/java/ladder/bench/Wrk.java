package ladder.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ladder.json.Json;

/** One run of wrk, closed loop: each connection has one request under way. */
final class Wrk {
  static final int CONNECTIONS = 64;

  /** Users that are read again and again, so that all are cached after the warm-up. */
  private static final int HOT_USERS = 1_000;

  /** A share: a disk that stops for a second makes a server refuse what it cannot keep. */
  private static final double REFUSED_MAX = 0.01;

  private static final String RESULT = "RESULT ";

  private Wrk() {}

  /**
   * What it counted.
   *
   * @param p50 in milliseconds, as p99
   * @param refused answers of 400 and above
   */
  record Counted(long requests, double seconds, double p50, double p99, long refused) {
    double throughput() {
      return requests / seconds;
    }
  }

  /**
   * Runs it.
   *
   * @param run makes the emails of this run's sign-ups its own
   * @throws IOException when more than a few requests were not answered as they should be: such a
   *     run says nothing
   */
  static Counted run(Path script, Server server, Trial trial, String key, String run, Duration time)
      throws IOException, InterruptedException {
    int users = trial == Trial.CACHED ? HOT_USERS : Rig.USERS;
    List<String> command =
        new ArrayList<>(
            List.of(
                "wrk",
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + time.toSeconds() + "s",
                "-s" + script,
                server.base().toString(),
                "--",
                trial.label(),
                key,
                Integer.toString(users),
                run));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0 || !said.contains(RESULT)) {
      throw new IOException("wrk failed: " + said);
    }
    JsonNode result =
        Json.read(said.substring(said.indexOf(RESULT) + RESULT.length()).getBytes(UTF_8));
    long requests = result.get("requests").longValue();
    long refused = result.get("refused").longValue();
    if (refused + result.get("broken").longValue() > REFUSED_MAX * requests) {
      throw new IOException("not every request was answered well: " + said);
    }
    return new Counted(
        requests,
        result.get("seconds").doubleValue(),
        result.get("p50").doubleValue(),
        result.get("p99").doubleValue(),
        refused);
  }
}
