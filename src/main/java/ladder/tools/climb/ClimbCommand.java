package ladder.tools.climb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code climb}: measures each rung off and on and writes what it found. Whatever ends
 * it, an interrupt included, ends the nodes and servers that it started. Used by one thread.
 */
public final class ClimbCommand {
  private static final String TEMPLATE = "/climb.html";
  private static final String PLACE = "/*CLIMB*/null";

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;

  public ClimbCommand(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /**
   * What is asked for.
   *
   * @param dir where the servers keep their data; not to be shared with anything else
   * @param results where {@code climb.json} and {@code climb.html} go
   * @param users null for the scale's own, likewise what follows
   * @param commit what the jar was built from, to be recorded
   */
  public record Wish(
      boolean small,
      Path dir,
      Path results,
      @Nullable Long users,
      @Nullable Integer pairs,
      @Nullable Long orders,
      @Nullable String commit,
      @Nullable Duration measured) {
    private Scale scale() {
      Scale scale = small ? Scale.small() : Scale.full();
      scale =
          scale.withData(
              users == null ? scale.users() : users, orders == null ? scale.orders() : orders);
      return pairs == null && measured == null
          ? scale
          : scale.withTimes(
              pairs == null ? scale.pairs() : pairs,
              measured == null ? scale.measured() : measured);
    }
  }

  /**
   * Prints the table on {@code out}, or the JSON; progress goes to {@code err}.
   *
   * @throws InterruptedException after all that was started has ended
   */
  public int run(Wish wish, boolean json) throws IOException, InterruptedException {
    Scale scale = wish.scale();
    Path _ = Child.jar();
    Files.createDirectories(wish.results());
    err.printf(
        "ladder: climbs on scratch servers in %s, with %,d users and %,d orders; nothing else is"
            + " touched%n",
        wish.dir(), scale.users(), scale.orders());
    Progress progress = new Progress(err, clock);
    Findings findings;
    try (Scratch scratch = Scratch.open(wish.dir(), scale, progress, clock)) {
      findings = climb(scratch, scale, progress, wish);
    }
    byte[] found = findings.json();
    Path jsonFile = Files.write(wish.results().resolve("climb.json"), found);
    Path page = Files.writeString(wish.results().resolve("climb.html"), page(found));
    if (json) {
      out.writeBytes(found);
      out.println();
    } else {
      out.print(findings);
    }
    out.flush();
    err.printf("ladder: wrote %s and %s%n", jsonFile, page);
    return 0;
  }

  private Findings climb(Scratch scratch, Scale scale, Progress progress, Wish wish)
      throws IOException, InterruptedException {
    progress.expect(Cases.COUNT * (2 * scale.pairs() + 1) + Carried.steps(scale));
    Trials trials = new Trials(scratch, scale, progress);
    Cases cases = new Cases(scratch, scale, progress, trials, clock);
    List<Comparison> comparisons = new ArrayList<>();
    comparisons.add(cases.cache());
    comparisons.add(cases.slowQuery());
    Comparison pool = cases.pool();
    comparisons.add(pool);
    comparisons.add(cases.replica());
    comparisons.add(cases.index());
    comparisons.add(cases.signUp());
    comparisons.add(cases.limit());
    try (Node node = trials.node(Cases.ALL)) {
      Carried carried = new Carried(trials, scratch, scale, progress, clock);
      List<Carried.Point> curve = carried.curve(node);
      comparisons.add(cases.nodes(node));
      Carried.Figures figures = carried.figures(node, curve, pool.on().throughput().median());
      return new Findings(
          clock.now(),
          Machine.here(),
          versions(scratch),
          flags(),
          wish.commit(),
          scale,
          comparisons,
          curve,
          figures);
    }
  }

  private static Map<String, @Nullable String> versions(Scratch scratch) {
    Map<String, @Nullable String> versions = new LinkedHashMap<>();
    versions.put("ladder", ClimbCommand.class.getPackage().getImplementationVersion());
    versions.put("java", Runtime.version().toString());
    versions.put("postgresql", scratch.text("SHOW server_version"));
    return versions;
  }

  private static List<String> flags() {
    return List.of(
        "node: java " + String.join(" ", Node.JVM),
        "load: java " + String.join(" ", LoadProcess.JVM));
  }

  /** The page with the findings in it; no text in them can end the script that holds them. */
  private static String page(byte[] found) throws IOException {
    try (InputStream template =
        Objects.requireNonNull(ClimbCommand.class.getResourceAsStream(TEMPLATE))) {
      String json = new String(found, UTF_8).replace("<", "\\u003c");
      return new String(template.readAllBytes(), UTF_8).replace(PLACE, json);
    }
  }
}
