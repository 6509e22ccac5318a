package ladder.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.harness.RawHttp.Answer;
import ladder.limit.Quota;

/**
 * The packaged jar as a process of its own, on free ports. Closing ends it, however it is, and the
 * embedded servers that it may have left behind; the data directory stays for the next start.
 */
public final class LadderProcess implements AutoCloseable {
  /** What keeps the JDK from warning of what Chronicle does, as {@code make run} has it, too. */
  private static final String JVM_FLAG = "--sun-misc-unsafe-memory-access=allow";

  /** Halves what a start costs the processor; the process does not live to profit from the rest. */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** A first start unpacks and makes a database, on a machine that others use, too. */
  private static final Duration START_WAIT_MAX = Duration.ofMinutes(2);

  private static final Duration END_WAIT_MAX = Duration.ofMinutes(1);

  private static final Pattern LISTENING = Pattern.compile("listening on http://[^:]+:(\\d+)");
  private static final AtomicInteger SEQUENCE = new AtomicInteger();

  private final Path dataDir;
  private final Path output;
  private final Path errors;
  private final Process process;
  private int port;
  private int adminPort;

  /** Loaded by the first test that needs it. */
  private static final class Scratch {
    static final Path HOME =
        Path.of("target", "ladders-" + ProcessHandle.current().pid()).toAbsolutePath();

    static {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> TestServers.deleteTree(HOME), "delete-scratch"));
    }
  }

  private LadderProcess(List<String> command, Path dataDir, Map<String, String> settings) {
    this.dataDir = dataDir;
    Path logs = scratch("logs");
    this.output = logs.resolve("out");
    this.errors = logs.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("LADDER_"));
    builder.environment().put("LADDER_PORT", "0");
    builder.environment().put("LADDER_ADMIN_PORT", "0");
    builder.environment().put("LADDER_DATA_DIR", dataDir.toString());
    builder.environment().putAll(settings);
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    try {
      this.process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it and returns when both its ports answer. */
  public static LadderProcess start(Path dataDir, Map<String, String> settings) {
    return listening(launch(dataDir, settings));
  }

  /** The same, with no flag but the one that the README names. */
  public static LadderProcess startPlainly(Path dataDir, Map<String, String> settings) {
    return listening(
        new LadderProcess(List.of(java(), JVM_FLAG, "-jar", jar()), dataDir, settings));
  }

  private static LadderProcess listening(LadderProcess ladder) {
    try {
      ladder.awaitListening();
      return ladder;
    } catch (AssertionError e) {
      ladder.close();
      throw e;
    }
  }

  /** Starts it without waiting for anything. */
  public static LadderProcess launch(
      Path dataDir, Map<String, String> settings, String... arguments) {
    List<String> command = new ArrayList<>(List.of(java(), JVM_FLAG));
    command.addAll(SHORT_LIVED);
    command.addAll(List.of("-jar", jar()));
    command.addAll(List.of(arguments));
    return new LadderProcess(command, dataDir, settings);
  }

  /** Starts it with the java of another JDK, which may not know our flags. */
  public static LadderProcess launchOn(Path java, Path dataDir) {
    return new LadderProcess(List.of(java.toString(), "-jar", jar()), dataDir, Map.of());
  }

  /** A fresh directory for what a test writes; it goes when the test's JVM ends. */
  public static Path scratch(String name) {
    Path directory = Scratch.HOME.resolve(SEQUENCE.incrementAndGet() + "-" + name);
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening() {
    Await.until(
        "listening, not " + dataDir,
        START_WAIT_MAX,
        () -> !process.isAlive() || ports().size() == 2);
    List<String> lines = ports();
    if (lines.size() != 2) {
      throw new AssertionError("it did not start:\n" + this);
    }
    for (String line : lines) {
      Matcher m = LISTENING.matcher(line);
      if (m.find() && line.contains("admin listening")) {
        adminPort = Integer.parseInt(m.group(1));
      } else {
        port = Integer.parseInt(m.group(1));
      }
    }
  }

  private List<String> ports() {
    return output().stream().filter(line -> LISTENING.matcher(line).find()).toList();
  }

  public int port() {
    return port;
  }

  public int adminPort() {
    return adminPort;
  }

  public Path dataDir() {
    return dataDir;
  }

  /** A client of the public listener. */
  public LadderClient client(String key) {
    return new LadderClient(port, key);
  }

  /** A client of the admin listener. */
  public LadderClient admin() {
    return new LadderClient(adminPort, "");
  }

  /** Makes a key with a limit of its own. */
  public String createKey(String name, int perMinute) throws IOException {
    try (LadderClient admin = admin()) {
      String body = "{\"name\":\"%s\",\"perMinute\":%d}".formatted(name, perMinute);
      Answer created = admin.post("/keys", body);
      if (created.status() != 201) {
        throw new AssertionError("no key: " + created);
      }
      return LadderClient.json(created).get("key").textValue();
    }
  }

  /** Makes a key that no test exhausts. */
  public String createKey() throws IOException {
    return createKey("unlimited", Quota.REQUESTS_MAX);
  }

  /** The lines on standard output so far. */
  public List<String> output() {
    return lines(output);
  }

  /** The lines on standard error so far. */
  public List<String> errors() {
    return lines(errors);
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  public ServerPids servers() {
    return new ServerPids(dataDir);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}; returns when it is gone. Embedded servers run on. */
  public void kill() {
    process.destroyForcibly();
    int _ = exitCode();
  }

  /** SIGTERM. */
  public void terminate() {
    ServerPids.signal(process.toHandle(), "TERM");
  }

  /** Waits for its end. */
  public int exitCode() {
    try {
      if (!process.waitFor(END_WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("it does not end:\n" + this);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
    servers().stopAll();
  }

  /** All that it printed, for the message of a failed test. */
  @Override
  public String toString() {
    return String.join("\n", output()) + "\n--- standard error\n" + String.join("\n", errors());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jar() {
    return System.getProperty("ladder.jar", "target/ladder.jar");
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElseThrow();
  }
}
