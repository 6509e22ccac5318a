package ladder.db;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.measure.Timings;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.PeriodicTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL server: runs work on its connections and observes whether it answers.
 *
 * <pre>
 *              a connection breaks or is refused, or a probe gets no answer
 *   answers ───────────────────────────────────────────────────────────────▶ away
 *      ▲                                                                       │
 *      └───────────────────────────────────────────────────────────────────────┘
 *                               a probe is answered
 * </pre>
 *
 * <p>A busy server is not away: a wait for the pool, a statement timeout and a cancelled read
 * refuse that one caller. To tell them apart, the probe has a connection of its own, outside of the
 * pool. Four times a second, and at once when a query finds the server away, it samples the
 * position in the write-ahead log up to which the server has the data. Once a probe has found the
 * server away, nobody waits for it until another is answered. Thread-safe.
 */
final class Postgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Postgres.class);
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(250);
  private static final Backoff PROBE_BACKOFF =
      new Backoff(PROBE_INTERVAL, PROBE_INTERVAL, RandomGenerator.getDefault());

  /** A sample reads two numbers from memory; one that takes longer is as good as none. */
  private static final Duration PROBE_MAX = Duration.ofSeconds(1);

  private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

  static final String POSITION =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn
      """;

  final Statements statements = new Statements();
  private final String name;
  private final Connections connections;
  private final Work<Long> sample;
  private final LongConsumer sampled;
  private final Clock clock;
  private final Outage outage;
  private final PeriodicTask probe;

  final LongAdder queries = new LongAdder();

  /** Queries that the server was too busy for, or did not answer. */
  final LongAdder refusals = new LongAdder();

  /** Closed by whoever closes the server when the probe does not end in time. */
  private volatile @Nullable Connection probeConnection;

  /** As of the last sample: 0 before the first. */
  private volatile long position;

  private volatile boolean probedInVain;

  /** Since when a connection is at work; broken off when the server, or its end of it, hangs. */
  private final Map<Connection, Long> working = new ConcurrentHashMap<>();

  /**
   * @param name "primary" or "replica"
   * @param consequence what it means when the server does not answer, for the log
   * @param sample finds the position, and does what else there is to do for a probe
   * @param sampled receives each position; the last one again when the server was too busy for one
   */
  Postgres(
      String name,
      String consequence,
      Connections connections,
      Work<Long> sample,
      LongConsumer sampled,
      Clock clock) {
    this.name = name;
    this.connections = connections;
    this.sample = sample;
    this.sampled = sampled;
    this.clock = clock;
    this.outage = new Outage("the " + name, consequence, 1, PROBE_BACKOFF, clock);
    this.probe = new PeriodicTask(name + "-probe", Thread.ofVirtual(), CLOSE_MAX, this::probe);
  }

  /** The position up to which the server has, or has replayed, the write-ahead log. */
  static long positionOf(Transaction tx) throws SQLException {
    return tx.first(POSITION, row -> row.getLong(1)).orElseThrow();
  }

  /** Returns after a first probe. */
  void start() {
    long _ = probe();
    probe.start();
  }

  /** The last sample. */
  long position() {
    return position;
  }

  /**
   * Runs work on a connection of the pool; in a transaction it is rolled back when it throws.
   *
   * @throws UnavailableException when the server is busy or away
   * @throws DatabaseException when a statement is wrong
   */
  <T extends @Nullable Object> T run(boolean inTransaction, Work<T> work) {
    queries.increment();
    if (probedInVain) {
      refusals.increment();
      throw new UnavailableException("the " + name + " does not answer");
    }
    Transaction tx;
    T result;
    try (Lease lease = new Lease()) {
      tx = new Transaction(lease.connection, statements);
      try (var _ = Timings.phase(connections.target.using)) {
        result = inTransaction ? tx.commit(work) : work.run(tx);
      }
    } catch (SQLException e) {
      throw translated(e);
    }
    tx.runAfterCommit();
    return result;
  }

  /** A connection of the pool at work, which returning it is a part of. */
  private final class Lease implements AutoCloseable {
    final Connection connection = connections.acquire();

    Lease() throws SQLException {
      working.put(connection, clock.nanos());
    }

    @Override
    public void close() throws SQLException {
      try {
        connection.close();
      } finally {
        working.remove(connection);
      }
    }
  }

  /** Runs work on a connection of its own, which a full pool does not prevent; not counted. */
  <T extends @Nullable Object> T inspect(Work<T> work) {
    try (Connection connection = connections.open()) {
      connection.setNetworkTimeout(Runnable::run, (int) PROBE_MAX.toMillis());
      return work.run(new Transaction(connection));
    } catch (SQLException e) {
      throw new UnavailableException("the " + name + " cannot be inspected", e);
    }
  }

  private RuntimeException translated(SQLException e) {
    SqlFailure failure = SqlFailure.of(e);
    if (failure == SqlFailure.FAULT) {
      return new DatabaseException(e);
    }
    refusals.increment();
    if (failure == SqlFailure.BUSY) {
      return new UnavailableException("the " + name + " is busy", e);
    }
    boolean answered = answers();
    outage.failed(String.valueOf(e.getMessage()));
    if (answered) {
      probe.wake();
    }
    return new UnavailableException("the " + name + " does not answer", e);
  }

  /** Whether the server answers, as far as queries and the probe know; true before the first. */
  boolean answers() {
    return !outage.active();
  }

  private long probe() {
    long nanos = clock.nanos();
    working.forEach(
        (connection, since) -> {
          if (nanos - since > connections.workMax.toNanos()) {
            breakOff(connection);
          }
        });
    try {
      position = sampleTwice();
      outage.succeeded();
      probedInVain = false;
      sampled.accept(position);
    } catch (SQLException | RuntimeException e) {
      closeProbeConnection();
      log.debug("no sample of the {}", name, e);
      if (e instanceof SQLException sql && SqlFailure.of(sql) == SqlFailure.BUSY) {
        sampled.accept(position);
      } else if (!Thread.currentThread().isInterrupted()) {
        probedInVain = true;
        outage.failed(String.valueOf(e.getMessage()));
        working.keySet().forEach(this::breakOff);
      }
    }
    return PROBE_INTERVAL.toNanos();
  }

  /** A connection that broke says less than one that is refused; one that hangs says enough. */
  private long sampleTwice() throws SQLException {
    boolean kept = probeConnection != null;
    try {
      return sample();
    } catch (SQLException e) {
      if (!kept || e.getCause() instanceof SocketTimeoutException) {
        throw e;
      }
      closeProbeConnection();
      return sample();
    }
  }

  private void breakOff(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      log.debug("a connection to the {} was not broken off", name, e);
    }
  }

  private long sample() throws SQLException {
    Connection connection = probeConnection;
    if (connection == null) {
      connection = connections.open();
      probeConnection = connection;
      connection.setNetworkTimeout(Runnable::run, (int) PROBE_MAX.toMillis());
    }
    return sample.run(new Transaction(connection));
  }

  private void closeProbeConnection() {
    try (Connection _ = probeConnection) {
      probeConnection = null;
    } catch (SQLException e) {
      log.debug("a connection to the {} did not close cleanly", name, e);
    }
  }

  @Override
  public void close() {
    probe.close();
    closeProbeConnection();
    connections.close();
  }
}
