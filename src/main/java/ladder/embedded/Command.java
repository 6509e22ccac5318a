package ladder.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ladder.failure.StartupException;

/** Runs one program to its end, within a bound of time and of output. */
final class Command {
  /** More than any message worth reading; what a runaway program adds is read and dropped. */
  private static final int OUTPUT_BYTES_MAX = 64 * 1024;

  /** The output ends with the program, unless something inherited it: don't wait for that. */
  private static final Duration OUTPUT_WAIT_MAX = Duration.ofSeconds(1);

  /** How it ended (exit code 0 is success) and what it wrote to both of its outputs. */
  record Result(int exit, String output) {
    boolean ok() {
      return exit == 0;
    }
  }

  private Command() {}

  static Result run(List<String> command, Duration bound) {
    return run(command, "", bound);
  }

  /**
   * Runs the program with the input on its standard input.
   *
   * @throws StartupException when it can't be started or doesn't end within the bound
   */
  static Result run(List<String> command, String input, Duration bound) {
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      cleanse(builder.environment());
      process = builder.start();
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    }
    FutureTask<String> output = new FutureTask<>(() -> read(process.getInputStream()));
    Thread.ofVirtual().name("output-of-" + command.getFirst()).start(output);
    try {
      feed(process, input);
      if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StartupException(
            "%s did not end within %d s: is the machine overloaded or its disk stuck?"
                .formatted(String.join(" ", command), bound.toSeconds()),
            "");
      }
      String text = output.get(OUTPUT_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
      return new Result(process.exitValue(), text);
    } catch (TimeoutException e) {
      return new Result(process.exitValue(), "");
    } catch (ExecutionException e) {
      return new Result(process.exitValue(), String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("Interrupted while running %s.".formatted(command.getFirst()), e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The servers need no secret of ours, and PG* or LC_* of the user's must not bend them. */
  private static void cleanse(Map<String, String> environment) {
    environment.keySet().retainAll(Set.of("PATH"));
    environment.put("LC_ALL", "C");
  }

  private static void feed(Process process, String input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A program that ends without reading says why in its output and exit code.
    }
  }

  private static String read(InputStream in) throws IOException {
    byte[] head = in.readNBytes(OUTPUT_BYTES_MAX);
    in.transferTo(OutputStream.nullOutputStream());
    return new String(head, StandardCharsets.UTF_8).strip();
  }
}
