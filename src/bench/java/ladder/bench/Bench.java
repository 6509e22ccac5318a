package ladder.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ladder.tools.climb.ScratchData;

/**
 * Builds the peers, checks each, and measures them in interleaved rounds: in each round every
 * server is started anew, warmed up and measured, then the next. Run by {@code make bench};
 * settings are system properties. Used by one thread.
 */
final class Bench {
  private static final Path HOME = Path.of("src", "bench").toAbsolutePath();
  private static final Path RESULTS = Path.of("target", "bench").toAbsolutePath();
  private static final Path DATA = RESULTS.resolve("data");

  /**
   * ext4 gives no inode anew that was deleted within the last minute, and searches past each: until
   * then a new file costs ten times as much.
   */
  private static final Duration AFTER_DELETION = Duration.ofSeconds(70);

  private static final int SIGN_UPS_BEFORE_KILL = 20;
  private static final Duration EFFECTS_MAX = Duration.ofSeconds(30);
  private static final Duration REST = Duration.ofMillis(100);

  /** So many runs without growth in a row: one alone can be noise. */
  private static final int STEADY = 2;

  private static final double GROWTH = 1.03;

  /** As many as a client may ask for where the limit is not what is measured. */
  private static final int NO_LIMIT = 100_000;

  private final Rig rig;
  private final Scale scale;
  private final Path logs;
  private int runs;
  private int starts;

  /**
   * How long and how often.
   *
   * @param warmupMax a server is warm when two runs of {@code measured} are no faster than those
   *     before, and taken for warm after this
   */
  record Scale(int rounds, Duration warmupMax, Duration measured) {}

  private Bench(Rig rig, Scale scale, Path logs) {
    this.rig = rig;
    this.scale = scale;
    this.logs = logs;
  }

  /** Measures what the system properties ask for; ends with 1 when a peer does not conform. */
  public static void main(String[] args) throws Exception {
    boolean quick = Boolean.getBoolean("bench.quick");
    int rounds = Integer.getInteger("bench.rounds", quick ? 1 : 5);
    Scale scale =
        quick
            ? new Scale(rounds, Duration.ofSeconds(4), Duration.ofSeconds(2))
            : new Scale(rounds, Duration.ofSeconds(60), Duration.ofSeconds(5));
    Pattern wanted = Pattern.compile(System.getProperty("bench.peer", ".*"));
    List<Peer> peers =
        Peer.read(HOME.resolve("peers")).stream()
            .filter(peer -> wanted.matcher(peer.name()).matches())
            .toList();
    String test = System.getProperty("bench.test", "all");
    List<Trial> trials =
        switch (test) {
          case "all" -> List.of(Trial.values());
          case "conformance" -> List.of();
          default -> Stream.of(test.split(",", -1)).map(Trial::named).toList();
        };
    Path logs = Files.createDirectories(RESULTS.resolve("logs"));
    String commit = Report.said("git", "describe", "--always", "--dirty");
    for (Peer peer : peers) {
      say("building " + peer.name());
      peer.build(logs);
    }
    try (Rig rig = Rig.open(RESULTS.resolve("servers"))) {
      Bench bench = new Bench(rig, scale, logs);
      if (!bench.conform(peers)) {
        System.exit(1);
      }
      if (!trials.isEmpty()) {
        Map<Peer, Samples> samples = bench.measure(peers, trials);
        Report report = new Report(scale, trials, samples, rig.postgresVersion(), commit);
        report.write(RESULTS, HOME.resolve("bench.html"));
      }
    }
  }

  private static void say(String what) {
    System.err.println("bench: " + what);
  }

  /** Everything that was seen of one peer. */
  static final class Samples {
    final Map<Trial, List<Sample>> of = new EnumMap<>(Trial.class);
    final List<Double> startSeconds = new ArrayList<>();
    final List<Double> residentMib = new ArrayList<>();
  }

  /** An empty folder for a server's data. */
  private Path empty(Peer peer) throws IOException {
    starts++;
    return Files.createDirectories(DATA.resolve(peer.name() + "-" + starts));
  }

  private Server start(Peer peer, Path data, boolean cacheOn, int limit, int seconds)
      throws IOException, InterruptedException {
    return Server.start(
        peer,
        port -> rig.settings(port, cacheOn, limit, seconds, data),
        logs.resolve(peer.name() + ".log"));
  }

  private boolean conform(List<Peer> peers) throws Exception {
    boolean all = true;
    for (Peer peer : peers) {
      List<String> failures = new ArrayList<>();
      for (boolean cacheOn : new boolean[] {true, false}) {
        failures.addAll(conform(peer, cacheOn));
      }
      say(peer.name() + (failures.isEmpty() ? " conforms" : " does not conform:"));
      failures.forEach(failure -> say("  " + failure));
      all &= failures.isEmpty();
    }
    return all;
  }

  private List<String> conform(Peer peer, boolean cacheOn) throws Exception {
    rig.reset();
    Path data = empty(peer);
    int limit = Conformance.LIMIT;
    List<String> failures;
    try (Server server = start(peer, data, cacheOn, limit, Conformance.WINDOW_SECONDS);
        Conformance suite = new Conformance(server.base(), rig::key)) {
      suite.plain();
      if (!peer.tests().equals(Set.of(Trial.PLAIN))) {
        suite.keys();
        long user = cacheOn ? 4 : 5;
        Callable<?> rename =
            () -> {
              rig.execute("UPDATE users SET name = name || '!' WHERE id = " + user);
              return null;
            };
        suite.users(cacheOn, rename, user);
        suite.limit();
        suite.orders();
        suite.signUps();
        suite.metrics(metrics(peer, server));
        for (int i = 0; i < SIGN_UPS_BEFORE_KILL; i++) {
          HttpResponse<String> _ = suite.signUp("durable-%d@example.com".formatted(i), "Durable");
        }
        server.kill();
      }
      failures = suite.failures();
    }
    if (!peer.tests().equals(Set.of(Trial.PLAIN))) {
      failures.addAll(effects(peer, data, cacheOn));
    }
    return failures;
  }

  /** Ladder's are on its admin listener, whose port its log names. */
  private URI metrics(Peer peer, Server server) throws IOException {
    String port =
        Files.readAllLines(logs.resolve(peer.name() + ".log")).stream()
            .filter(line -> line.contains("admin listening on"))
            .map(line -> line.replaceAll(".*:(\\d+).*", "$1"))
            .reduce((_, last) -> last)
            .orElse(Integer.toString(server.base().getPort()));
    return URI.create("http://127.0.0.1:%s/metrics".formatted(port));
  }

  /** What was answered before the process was killed has its effects when it is back. */
  private List<String> effects(Peer peer, Path data, boolean cacheOn) throws Exception {
    List<String> failures = new ArrayList<>();
    long expected = SIGN_UPS_BEFORE_KILL + 1;
    String answered = "SELECT count(*) FROM users WHERE id > " + Rig.USERS;
    check(failures, "every answered sign-up is there", expected, rig.number(answered));
    Server server = start(peer, data, cacheOn, Conformance.LIMIT, Conformance.WINDOW_SECONDS);
    try (server) {
      String delivered = "SELECT count(*) FROM deliveries";
      long end = System.nanoTime() + EFFECTS_MAX.toNanos();
      while (rig.number(delivered) < 3 * expected && System.nanoTime() < end) {
        Thread.sleep(REST);
      }
      check(failures, "each has three deliveries", 3 * expected, rig.number(delivered));
      String audited = "SELECT count(*) FROM audit_log WHERE action = 'user.signed_up'";
      check(failures, "each has one row in the audit log", expected, rig.number(audited));
      Path outbox = data.resolve("outbox");
      check(failures, "each has its mail", expected, files(outbox.resolve("email"), ".eml"));
      check(failures, "each has its message", expected, files(outbox.resolve("slack"), ".json"));
      if (!server.terminates()) {
        failures.add("SIGTERM does not end it");
      }
    }
    return failures;
  }

  private static void check(List<String> failures, String what, long expected, long seen) {
    if (seen != expected) {
      failures.add("%s: expected %d, seen %d".formatted(what, expected, seen));
    }
  }

  /** How many of the durable sign-ups' files there are, each with its email in it. */
  private static long files(Path folder, String type) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      long count = 0;
      for (Path file : files.filter(f -> f.toString().endsWith(type)).toList()) {
        count += Files.readString(file).contains("@example.com") ? 1 : 0;
      }
      return count;
    }
  }

  private Map<Peer, Samples> measure(List<Peer> peers, List<Trial> trials) throws Exception {
    Map<Peer, Samples> samples = new LinkedHashMap<>();
    peers.forEach(peer -> samples.put(peer, new Samples()));
    for (int round = 1; round <= scale.rounds; round++) {
      rest();
      for (Peer peer : peers) {
        say("round %d of %d: %s".formatted(round, scale.rounds, peer.name()));
        for (boolean cacheOn : new boolean[] {true, false}) {
          List<Trial> now =
              trials.stream()
                  .filter(t -> t.cacheOn == cacheOn && peer.tests().contains(t))
                  .toList();
          if (!now.isEmpty()) {
            measure(peer, cacheOn, now, samples.get(peer));
          }
        }
      }
    }
    return samples;
  }

  /** Deletes what the servers wrote, and waits until new files cost what they usually do. */
  private static void rest() throws IOException, InterruptedException {
    if (Files.exists(DATA)) {
      ScratchData.delete(DATA);
      say(
          "the data of the servers are deleted; going on in %d s"
              .formatted(AFTER_DELETION.toSeconds()));
      Thread.sleep(AFTER_DELETION);
    }
  }

  private void measure(Peer peer, boolean cacheOn, List<Trial> trials, Samples samples)
      throws Exception {
    rig.reset();
    try (Server server = start(peer, empty(peer), cacheOn, NO_LIMIT, 1)) {
      samples.startSeconds.add(server.startSeconds());
      String key = rig.key();
      for (Trial trial : trials) {
        Duration warmup = warmUp(server, trial, key);
        Sample sample = measure(server, trial, key);
        samples.of.computeIfAbsent(trial, _ -> new ArrayList<>()).add(sample);
        say("  %s  after %d s".formatted(sample.line(trial), warmup.toSeconds()));
      }
      samples.residentMib.add(server.residentBytes() / (double) (1 << 20));
    }
  }

  /** Until its code is compiled: compilers take the longer, the more of it there is. */
  private Duration warmUp(Server server, Trial trial, String key)
      throws IOException, InterruptedException {
    Duration spent = Duration.ZERO;
    double best = 0;
    for (int steady = 0; steady < STEADY && spent.compareTo(scale.warmupMax) < 0; ) {
      double throughput = wrk(server, trial, key, scale.measured).throughput();
      steady = throughput > GROWTH * best ? 0 : steady + 1;
      best = Math.max(best, throughput);
      spent = spent.plus(scale.measured);
    }
    return spent;
  }

  private Wrk.Counted wrk(Server server, Trial trial, String key, Duration time)
      throws IOException, InterruptedException {
    runs++;
    return Wrk.run(HOME.resolve("wrk.lua"), server, trial, key, "run" + runs, time);
  }

  private Sample measure(Server server, Trial trial, String key)
      throws IOException, InterruptedException, SQLException {
    double cpu = server.cpuSeconds();
    long bytes = server.allocatedBytes();
    long commands = rig.redisCommands();
    long transactions = rig.transactions();
    Wrk.Counted counted = wrk(server, trial, key, scale.measured);
    double n = counted.requests();
    return new Sample(
        counted.throughput(),
        counted.p50(),
        counted.p99(),
        (server.cpuSeconds() - cpu) / n * 1e6,
        bytes < 0 ? 0 : (server.allocatedBytes() - bytes) / n,
        (rig.redisCommands() - commands) / n,
        (rig.transactions() - transactions) / n,
        counted.refused(),
        trial == Trial.SIGNUP ? rig.behind() : 0);
  }
}
