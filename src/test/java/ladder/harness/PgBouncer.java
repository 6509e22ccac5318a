package ladder.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** A PgBouncer between a Ladder and its databases, started by {@code scripts/pgbouncer}. */
public final class PgBouncer implements AutoCloseable {
  /** How a run of the script ended. */
  public record Answer(int status, String errors) {}

  private static final Path SCRIPT = Path.of("scripts", "pgbouncer").toAbsolutePath();
  private static final Pattern LINE = Pattern.compile("export (LADDER_\\w+)='([^']*)'");
  private static final int SCRIPT_SECONDS_MAX = 60;

  /** Between the search for a free port and its use another program may take it. */
  private static final int PORTS_MAX = 10;

  private final Path directory;
  private final Map<String, String> settings = new HashMap<>();

  private PgBouncer(Path directory) throws IOException {
    this.directory = directory;
    Matcher line = LINE.matcher(Files.readString(directory.resolve("pgbouncer.env")));
    while (line.find()) {
      settings.put(line.group(1), line.group(2));
    }
  }

  /**
   * Starts it. Where there is none, the test is skipped with a message that says what to install;
   * in CI it fails.
   *
   * @param variables what the script reads beside the two URLs
   */
  public static PgBouncer start(
      String databaseUrl, String replicaUrl, Map<String, String> variables) {
    requireInstalled();
    Map<String, String> all = new HashMap<>();
    // Longer than the default, so that a busy machine does not fail what is not about time.
    all.put("PGBOUNCER_WAIT_SECONDS", "30");
    all.putAll(variables);
    all.put("LADDER_DATABASE_URL", databaseUrl);
    all.put("LADDER_REPLICA_URL", replicaUrl);
    Path directory = newDirectory();
    Answer answer = new Answer(0, "");
    try {
      for (int i = 0; i < PORTS_MAX; i++) {
        answer = script(all, "start", directory.toString(), String.valueOf(freePort()));
        if (answer.status() == 0) {
          return new PgBouncer(directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError(answer.errors());
  }

  public static Path newDirectory() {
    return Path.of("target", "pgbouncer-" + UUID.randomUUID()).toAbsolutePath();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void requireInstalled() {
    boolean installed =
        Stream.of((System.getenv("PATH") + File.pathSeparator + "/usr/sbin").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "pgbouncer")));
    if (!installed) {
      String message = "needs PgBouncer (apt install pgbouncer)";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(message);
      }
      throw new TestAbortedException(message);
    }
  }

  /** Runs the script to its end. */
  public static Answer script(Map<String, String> variables, String... arguments) {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    try {
      Path errors = Files.createTempFile(Path.of("target"), "pgbouncer", ".err");
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("LADDER_"));
      builder.environment().putAll(variables);
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      if (!process.waitFor(SCRIPT_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("it does not end: " + command);
      }
      Answer answer = new Answer(process.exitValue(), Files.readString(errors));
      Files.delete(errors);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** What makes a Ladder use it. */
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  public String databaseUrl() {
    return settings.getOrDefault("LADDER_DATABASE_URL", "");
  }

  public String replicaUrl() {
    return settings.getOrDefault("LADDER_REPLICA_URL", "");
  }

  /** Changes its configuration, which it then reads again, at some time after this returns. */
  public void replace(String text, String by) throws IOException {
    Path file = directory.resolve("pgbouncer.ini");
    Files.writeString(file, Files.readString(file).replace(text, by));
    String pid = Files.readString(directory.resolve("pgbouncer.pid")).strip();
    ServerPids.signal(ProcessHandle.of(Long.parseLong(pid)).orElseThrow(), "HUP");
  }

  @Override
  public void close() {
    Answer answer = script(Map.of(), "stop", directory.toString());
    TestServers.deleteTree(directory);
    if (answer.status() != 0) {
      throw new AssertionError(answer.errors());
    }
  }
}
