package ladder.tools.climb;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import ladder.failure.StartupException;

/**
 * This very jar in a process of its own, which ends with the climb. Its outputs go to files, for a
 * full pipe would stop it and an interrupt does not end a read.
 */
final class Child implements AutoCloseable {
  private static final Duration END_MAX = Duration.ofSeconds(10);

  /** 128 and the number of SIGINT or SIGTERM: a terminal sends Ctrl-C to the children, too. */
  private static final List<Integer> SIGNALLED = List.of(130, 143);

  private static final int MESSAGE_CHARS_MAX = 2_000;

  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts it.
   *
   * @param keepOutput whether what it prints is wanted; its errors always are
   */
  static Child start(
      List<String> jvm, List<String> arguments, Map<String, String> settings, boolean keepOutput)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(jvm);
    command.addAll(List.of("-jar", jar().toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("LADDER_"));
    builder.environment().putAll(settings);
    Path out = Files.createTempFile("ladder-climb", ".out");
    Path err = Files.createTempFile("ladder-climb", ".err");
    builder
        .redirectOutput(
            keepOutput ? ProcessBuilder.Redirect.to(out.toFile()) : ProcessBuilder.Redirect.DISCARD)
        .redirectError(err.toFile())
        .redirectInput(ProcessBuilder.Redirect.from(err.toFile()));
    return new Child(builder.start(), out, err);
  }

  /**
   * The jar that runs.
   *
   * @throws StartupException when it is none
   */
  static Path jar() {
    try {
      Path jar = Path.of(Child.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(jar)) {
        return jar;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new StartupException(
        "A climb starts its own jar: make build, then use target/ladder.jar.");
  }

  /** Whether it ends within the time. */
  boolean ends(Duration max) throws InterruptedException {
    return process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits for its end and returns what it printed.
   *
   * @throws StartupException when it takes longer than {@code max} or fails
   */
  byte[] output(Duration max) throws IOException, InterruptedException {
    if (!ends(max)) {
      throw failure("takes longer than %d s".formatted(max.toSeconds()));
    }
    int exit = process.exitValue();
    if (SIGNALLED.contains(exit)) {
      throw new InterruptedException("a child was");
    }
    if (exit != 0) {
      throw failure("ended with code " + exit);
    }
    return Files.readAllBytes(out);
  }

  /** It did not do what it should: with what it said about it. */
  StartupException failure(String what) throws IOException {
    String said = Files.readString(err).strip();
    return new StartupException(
        "A process of the climb %s: see below, mend it, and climb again.".formatted(what),
        said.substring(Math.max(0, said.length() - MESSAGE_CHARS_MAX)));
  }

  /** Ends it: kindly at first. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    process.destroy();
    try {
      if (!ends(END_MAX)) {
        boolean _ = process.destroyForcibly().waitFor(END_MAX.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      interrupted = true;
      Process _ = process.destroyForcibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      boolean _ = Files.deleteIfExists(out);
      boolean _ = Files.deleteIfExists(err);
    } catch (IOException e) {
      // In the system's directory for what is temporary.
    }
  }
}
