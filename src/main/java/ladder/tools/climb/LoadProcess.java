package ladder.tools.climb;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ladder.failure.StartupException;
import ladder.tools.load.LoadResult;

/** The command {@code load} in a process of its own. */
final class LoadProcess implements AutoCloseable {
  /** Small and quiet, as it shares the cores with what it measures. */
  static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC");

  /** To start, to wait for the last answers, and to end. */
  private static final Duration MARGIN = Duration.ofSeconds(40);

  private final Child child;
  private final Duration max;

  private LoadProcess(Child child, Duration max) {
    this.child = child;
    this.max = max;
  }

  /**
   * What is asked for.
   *
   * @param pace {@code --clients} or {@code --rate}, and its number
   * @param more options, such as {@code --method POST}
   */
  record Ask(List<String> urls, String key, String pace, int number, List<String> more) {
    /** Reads by so many clients. */
    static Ask clients(int number, String key, String... urls) {
      return new Ask(List.of(urls), key, "--clients", number, List.of());
    }

    Ask posting(String body) {
      return with("--method", "POST", "--header", "Content-Type: application/json", "--body", body);
    }

    Ask with(String... options) {
      List<String> all = new ArrayList<>(more);
      all.addAll(List.of(options));
      return new Ask(urls, key, pace, number, all);
    }

    Ask rate(int perSecond) {
      return new Ask(urls, key, "--rate", perSecond, more);
    }
  }

  static LoadProcess start(Ask ask, Duration warmup, Duration measured) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("load", "--json"));
    arguments.addAll(List.of(ask.pace(), Integer.toString(ask.number())));
    arguments.addAll(List.of("--header", "X-API-Key: " + ask.key()));
    arguments.addAll(List.of("--warmup", warmup.toMillis() + "ms"));
    arguments.addAll(List.of("--duration", measured.toMillis() + "ms"));
    arguments.addAll(ask.more());
    arguments.addAll(ask.urls());
    return new LoadProcess(
        Child.start(JVM, arguments, Map.of(), true), warmup.plus(measured).plus(MARGIN));
  }

  /** Waits for its end. */
  LoadResult result() throws IOException, InterruptedException {
    return LoadResult.read(child.output(max));
  }

  /**
   * A whole run whose requests should all succeed.
   *
   * @throws StartupException when a tenth does not, for its figures would be those of something
   *     else
   */
  static LoadResult run(Ask ask, Duration warmup, Duration measured)
      throws IOException, InterruptedException {
    try (LoadProcess load = start(ask, warmup, measured)) {
      LoadResult result = load.result();
      if (result.successShare() < 0.9) {
        throw new StartupException(
            "Too few requests of a case succeed (%s, unanswered %s): is the machine overloaded?"
                .formatted(result.statuses(), result.errors()));
      }
      return result;
    }
  }

  @Override
  public void close() {
    child.close();
  }
}
