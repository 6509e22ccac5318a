package ladder.fault.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.KillableServers;
import ladder.harness.NodePair;
import ladder.harness.Proxy;
import ladder.harness.history.Excerpt;
import ladder.harness.history.HistoryCheck;
import ladder.harness.history.MixedLoad;
import ladder.harness.history.MixedLoad.Shape;
import ladder.harness.history.Violation;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Makes the table of faults; {@code make faults} runs it, for it takes minutes. Two nodes serve a
 * mixed load whose every answer is judged, one fault after the other is done to their servers, and
 * the table goes to {@code target/faults.md} and {@code target/faults.json}. It fails when a read
 * was stale, when a write was wrong, or when a read failed though only Redis or a replica was hit.
 */
class Faults {
  private static final Duration FAULT = Duration.ofSeconds(Integer.getInteger("faults.seconds", 6));
  private static final int OPERATIONS = Integer.getInteger("faults.operations", 100_000);
  private static final long SEED = Long.getLong("faults.seed", System.nanoTime() % 1_000_000);

  /** Without cache and replica nothing can go back: what is found then is wrong here. */
  private static final String RUNGS = System.getProperty("faults.rungs", "all");

  /** Faults whose names it finds, for a short look; the row without a fault is always there. */
  private static final Pattern ONLY = Pattern.compile(System.getProperty("faults.only", ""));

  /** What is written before a fault is what may come back stale. */
  private static final Duration BEFORE = Duration.ofSeconds(2);

  private static final Duration AFTER = Duration.ofSeconds(4);
  private static final Duration UNCACHED = Duration.ofSeconds(15);

  /** Nodes that were just started are slow, and would be blamed for it. */
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private static final Duration RECOVERY_WAIT_MAX = Duration.ofSeconds(60);

  /** As much as the nodes answer. */
  private static final Shape FULL = new Shape(200, 8, 4, Duration.ZERO);

  /**
   * What leaves the machine room, so that a failure is the fault's and not the crowd's. There are
   * more callers than a node has connections to a database, or one that hangs would go unnoticed.
   */
  private static final Shape MODERATE = new Shape(200, 24, 6, Duration.ofMillis(30));

  private static final int CALLERS = MODERATE.readers() + MODERATE.writers();

  private final KillableServers servers = KillableServers.shared();
  private final Injections injections = new Injections(servers);
  private final List<FaultRow> rows = new ArrayList<>();

  @Test
  void table() throws Exception {
    // That servers die is no news here, and would stand in the middle of the table.
    ((Logger) LoggerFactory.getLogger("ladder.embedded")).setLevel(Level.OFF);
    System.out.print(FaultTable.HEAD);
    try (NodePair nodes = NodePair.startPlainly(settings(), CALLERS)) {
      unharmed(nodes);
      harmed(
          nodes,
          injections.evictions(),
          injections.redisKilled(),
          injections.redisPaused(),
          injections.redisFlushed(),
          injections.redisFull(),
          injections.replicaKilled(),
          injections.replicaHangs(),
          injections.replayPaused(),
          injections.primaryKilled(),
          injections.sessionsEnded());
    }
    harmed(
        () -> settings("LADDER_REPLICA_URL", servers.replicaUrls()),
        injections.oneOfTwoLate(),
        injections.oneOfTwoHangs());
    try (Proxy proxy = Proxy.to(servers.databaseUrl())) {
      harmed(
          () -> settings("LADDER_DATABASE_URL", proxy.url(servers.databaseUrl())),
          Injections.connectionsCut(proxy));
    }
    FaultTable table = new FaultTable(SEED, about(), rows, uncachedPerSecond());
    System.out.println("\n" + table.worth());
    Files.writeString(Path.of("target", "faults.md"), table.markdown());
    Files.writeString(Path.of("target", "faults.json"), table.json());
    assertEquals("", String.join("\n", table.broken()));
  }

  private void unharmed(NodePair nodes) {
    Fault none = Injections.none();
    try (MixedLoad load = load(FULL, nodes)) {
      load.awaitOperations(OPERATIONS);
      add(FaultRow.of(none, 0, load.shape().toString(), measured(load.stop())));
    }
  }

  /** On nodes of their own, which only start when there is something for them. */
  private void harmed(Supplier<Map<String, String>> settings, Fault... faults) throws Exception {
    if (!chosen(faults).isEmpty()) {
      try (NodePair nodes = NodePair.startPlainly(settings.get(), CALLERS)) {
        warmUp(nodes);
        harmed(nodes, faults);
      }
    }
  }

  private void harmed(NodePair nodes, Fault... faults) throws Exception {
    for (Fault fault : chosen(faults)) {
      awaitRecovery(nodes);
      try (MixedLoad load = load(MODERATE, nodes)) {
        load.go(BEFORE);
        long beganNanos = System.nanoTime();
        try (AutoCloseable _ = fault.injection().begin(load, SEED)) {
          load.go(FAULT);
        }
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        load.go(AFTER);
        add(FaultRow.of(fault, seconds, load.shape().toString(), measured(load.stop())));
      }
    }
  }

  private static List<Fault> chosen(Fault... faults) {
    return Stream.of(faults).filter(fault -> ONLY.matcher(fault.name()).find()).toList();
  }

  private long uncachedPerSecond() {
    try (NodePair nodes =
        NodePair.startPlainly(
            servers.settings("LADDER_RUNGS", "pool,replica,background,limit"), CALLERS)) {
      warmUp(nodes);
      try (MixedLoad load = load(FULL, nodes)) {
        load.go(UNCACHED);
        Fault none = Injections.none();
        return FaultRow.of(none, 0, load.shape().toString(), measured(load.stop())).perSecond();
      }
    }
  }

  private static void warmUp(NodePair nodes) {
    try (MixedLoad load = load(FULL, nodes)) {
      load.go(WARM_UP);
    }
  }

  private static MixedLoad load(Shape shape, NodePair nodes) {
    return new MixedLoad(shape, SEED, nodes.ports(), nodes.keys()).prepare().start();
  }

  private static FaultRow.Measured measured(MixedLoad load) {
    List<Violation> violations = HistoryCheck.violations(load.history());
    return new FaultRow.Measured(
        load.operations(),
        violations,
        Excerpt.of(violations, load.startNanos(), SEED),
        load.startNanos(),
        load.seconds());
  }

  private void add(FaultRow row) {
    rows.add(row);
    System.out.println(FaultTable.line(row));
  }

  /** The next fault begins with all servers up and the replicas abreast. */
  private void awaitRecovery(NodePair nodes) {
    Await.until("writes on both nodes", RECOVERY_WAIT_MAX, nodes::takesWrites);
    Await.until("replicas abreast", RECOVERY_WAIT_MAX, this::replicasAreAbreast);
  }

  private boolean replicasAreAbreast() {
    try {
      return Connect.query(
              servers.databaseUrl(),
              """
              SELECT count(*) > 0 AND coalesce(bool_and(replay_lsn >= sent_lsn), false)
              FROM pg_stat_replication
              """)
          .equals("t");
    } catch (SQLException e) {
      return false;
    }
  }

  private Map<String, String> settings(String... namesAndValues) {
    Map<String, String> settings = servers.settings(namesAndValues);
    settings.put("LADDER_RUNGS", RUNGS);
    return settings;
  }

  private static Map<String, String> about() {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("commit", commit());
    about.put("rungs", RUNGS);
    about.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    about.put("java", Runtime.version().toString());
    about.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return about;
  }

  private static String commit() {
    ProcessBuilder git =
        new ProcessBuilder("git", "describe", "--always", "--dirty")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try (Stream<String> lines = git.start().inputReader().lines()) {
      return lines.findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
