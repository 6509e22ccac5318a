package ladder.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import ladder.bench.Bench.Samples;
import ladder.bench.Bench.Scale;
import ladder.json.Json;
import ladder.tools.climb.Machine;
import ladder.tools.climb.Spread;

/** Writes what was measured as JSON, as a Markdown table and as a page. */
final class Report {
  private static final String PLACE = "/*BENCH*/null";
  private static final String LADDER = "ladder";

  private static final Map<String, ToDoubleFunction<Sample>> FIGURES = new LinkedHashMap<>();

  static {
    FIGURES.put("throughput", Sample::throughput);
    FIGURES.put("p50Ms", Sample::p50);
    FIGURES.put("p99Ms", Sample::p99);
    FIGURES.put("cpuMicros", Sample::cpuMicros);
    FIGURES.put("allocatedBytes", Sample::allocated);
    FIGURES.put("redisCommands", Sample::redis);
    FIGURES.put("sqlTransactions", Sample::sql);
    FIGURES.put("refused", Sample::refused);
    FIGURES.put("behind", Sample::behind);
  }

  private final Scale scale;
  private final List<Trial> trials;
  private final Map<Peer, Samples> samples;
  private final String postgresVersion;
  private final String commit;

  Report(
      Scale scale,
      List<Trial> trials,
      Map<Peer, Samples> samples,
      String postgresVersion,
      String commit) {
    this.scale = scale;
    this.trials = trials;
    this.samples = samples;
    this.postgresVersion = postgresVersion;
    this.commit = commit;
  }

  /** Writes {@code bench.json}, {@code bench.md} and {@code bench.html}; prints the table. */
  void write(Path folder, Path template) throws IOException, InterruptedException {
    byte[] json = Json.write(json());
    Files.write(folder.resolve("bench.json"), json);
    String markdown = markdown();
    Files.writeString(folder.resolve("bench.md"), markdown);
    // No text in the findings can end the script that holds them.
    String found = new String(json, UTF_8).replace("<", "\\u003c");
    Files.writeString(
        folder.resolve("bench.html"), Files.readString(template).replace(PLACE, found));
    System.out.print(markdown);
    System.err.printf("bench: wrote bench.json, bench.md and bench.html to %s%n", folder);
  }

  private Map<String, Object> json() throws IOException, InterruptedException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("at", Instant.now());
    all.put("machine", Machine.here());
    all.put("sharing", "load, server, PostgreSQL and Redis share the machine's cores");
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("java", Runtime.version().toString());
    versions.put("postgresql", postgresVersion);
    versions.put("wrk", said("wrk", "-v"));
    versions.put("node", said("node", "--version"));
    all.put("versions", versions);
    all.put("flags", List.of(String.join(" ", Server.JVM), "wrk -t1 -c" + Wrk.CONNECTIONS));
    all.put("commit", commit);
    all.put("rounds", scale.rounds());
    all.put("warmupSecondsMax", scale.warmupMax().toSeconds());
    all.put("measuredSeconds", scale.measured().toSeconds());
    List<Object> peers = new ArrayList<>();
    for (Map.Entry<Peer, Samples> one : samples.entrySet()) {
      Peer peer = one.getKey();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", peer.name());
      row.put("command", String.join(" ", peer.command()));
      row.put("startSeconds", Spread.of(one.getValue().startSeconds, value -> value));
      row.put("residentMib", Spread.of(one.getValue().residentMib, value -> value));
      row.put("deployedBytes", peer.deployedBytes());
      row.put("linesOfCode", peer.linesOfCode());
      peers.add(row);
    }
    all.put("peers", peers);
    all.put("cases", trials.stream().map(this::json).toList());
    return all;
  }

  private Map<String, Object> json(Trial trial) {
    List<Object> rows = new ArrayList<>();
    samples.forEach(
        (peer, seen) -> {
          List<Sample> runs = seen.of.get(trial);
          if (runs != null) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("peer", peer.name());
            row.put("ratio", ratio(trial, seen));
            FIGURES.forEach((name, figure) -> row.put(name, Spread.of(runs, figure)));
            rows.add(row);
          }
        });
    return Map.of("name", trial.label(), "load", trial.request, "rows", rows);
  }

  /** Of the median throughputs: this one's to Ladder's; null without Ladder. */
  private Double ratio(Trial trial, Samples seen) {
    return samples.entrySet().stream()
        .filter(e -> e.getKey().name().equals(LADDER) && e.getValue().of.containsKey(trial))
        .map(e -> median(seen, trial) / median(e.getValue(), trial))
        .findFirst()
        .orElse(null);
  }

  private static double median(Samples seen, Trial trial) {
    return Spread.of(seen.of.get(trial), Sample::throughput).median();
  }

  /** The first line that a program prints; "none" where it is not there. */
  static String said(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String first = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      int _ = process.waitFor();
      return first.lines().findFirst().orElse("");
    } catch (IOException e) {
      return "none";
    }
  }

  private String markdown() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Trial trial : trials) {
      text.append(
              "\n**%s**: `%s`, %d connections\n\n"
                  .formatted(trial.label(), trial.request, Wrk.CONNECTIONS))
          .append("| | answers/s (least to most) | to Ladder | p50 ms | p99 ms | CPU µs | bytes |")
          .append(" Redis | SQL |")
          .append(trial == Trial.SIGNUP ? " behind |" : "")
          .append("\n|---|---|---|---|---|---|---|---|---|")
          .append(trial == Trial.SIGNUP ? "---|" : "")
          .append('\n');
      samples.forEach(
          (peer, seen) -> {
            if (seen.of.containsKey(trial)) {
              text.append(row(trial, peer, seen));
            }
          });
    }
    text.append("\n| | start s | resident MiB | deployed MB | lines of code |\n");
    text.append("|---|---|---|---|---|\n");
    for (Map.Entry<Peer, Samples> one : samples.entrySet()) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.0f | %.1f | %,d |%n",
              one.getKey().name(),
              Spread.of(one.getValue().startSeconds, value -> value).median(),
              Spread.of(one.getValue().residentMib, value -> value).median(),
              one.getKey().deployedBytes() / 1e6,
              one.getKey().linesOfCode()));
    }
    return text.toString();
  }

  private String row(Trial trial, Peer peer, Samples seen) {
    List<Sample> runs = seen.of.get(trial);
    Spread throughput = Spread.of(runs, Sample::throughput);
    Double ratio = ratio(trial, seen);
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f (%,.0f to %,.0f) | %s | %.2f | %.2f | %.0f | %,.0f | %.1f | %.2f |%s%n",
        peer.name(),
        throughput.median(),
        throughput.min(),
        throughput.max(),
        ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio),
        Spread.of(runs, Sample::p50).median(),
        Spread.of(runs, Sample::p99).median(),
        Spread.of(runs, Sample::cpuMicros).median(),
        Spread.of(runs, Sample::allocated).median(),
        Spread.of(runs, Sample::redis).median(),
        Spread.of(runs, Sample::sql).median(),
        trial == Trial.SIGNUP
            ? String.format(Locale.ROOT, " %,.0f |", Spread.of(runs, Sample::behind).median())
            : "");
  }
}
