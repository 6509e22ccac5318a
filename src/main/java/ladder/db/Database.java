package ladder.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pair of servers behind the stores: writes go to the primary in a transaction, reads to the
 * replica where {@link ReadRouting} lets them and to the primary otherwise. A read that one server
 * can't answer is tried on the other before it fails. Thread-safe.
 *
 * <p>A {@code subject} names what a read must be fresh about: the id of the user whose data it is.
 */
public final class Database implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  /** Queries by pool, failures of the replica, and its last measured lag. */
  public record Stats(
      long primaryQueries, long replicaQueries, long replicaFailures, Duration replicaLag) {}

  private final Connections primary;
  private final @Nullable Connections replica;
  private final ReadRouting routing;
  private final @Nullable ReplicaMonitor monitor;
  private final LongAdder primaryQueries = new LongAdder();
  private final LongAdder replicaQueries = new LongAdder();
  private final LongAdder replicaFailures = new LongAdder();

  /**
   * @param replica null when all reads go to the primary
   * @param readAfterWrite how long after a write its subject is read from the primary
   */
  public Database(
      Connections primary, @Nullable Connections replica, Duration readAfterWrite, Clock clock) {
    this.primary = primary;
    this.replica = replica;
    this.routing = new ReadRouting(readAfterWrite, clock);
    this.monitor = replica == null ? null : new ReplicaMonitor(primary, replica, routing, clock);
  }

  /**
   * Runs work in one transaction on the primary; rolled back when it throws.
   *
   * @throws UnavailableException when the primary can't answer now
   */
  public <T extends @Nullable Object> T write(Work<T> work) {
    return runOnPrimary(true, work);
  }

  /** From now on, and for a while, reads of this subject on this node see what was written. */
  public void written(long subject) {
    routing.written(subject);
  }

  /**
   * Runs a read, which may run twice, so it must have no effects.
   *
   * @throws UnavailableException when no server can answer now
   */
  public <T extends @Nullable Object> T read(long subject, Work<T> work) {
    return read(subject, work, _ -> true);
  }

  /**
   * As {@link #read}, but only the primary may say that a row is absent: on the replica it may just
   * not have arrived.
   */
  public <T> Optional<T> find(long subject, Work<Optional<T>> work) {
    return read(subject, work, Optional::isPresent);
  }

  private <T extends @Nullable Object> T read(
      long subject, Work<T> work, Predicate<T> replicaMaySay) {
    boolean preferReplica = mayLag(subject);
    if (preferReplica) {
      try {
        T answer = readReplica(work);
        if (replicaMaySay.test(answer)) {
          return answer;
        }
      } catch (UnavailableException e) {
        log.debug("a read goes to the primary", e);
      }
    }
    try {
      return readPrimary(work);
    } catch (UnavailableException e) {
      if (replica == null || preferReplica) {
        throw e;
      }
      T answer = readReplica(work);
      if (replicaMaySay.test(answer)) {
        return answer;
      }
      throw e;
    }
  }

  /** Answers within the pool's wait whether any server can serve a read. */
  public boolean ready() {
    try {
      return read(0, tx -> tx.connection().isValid(1));
    } catch (UnavailableException e) {
      return false;
    }
  }

  /** Whether a read of this subject may be answered by the replica, as of a moment ago. */
  public boolean mayLag(long subject) {
    return replica != null && routing.replicaMayServe(subject);
  }

  public Stats stats() {
    return new Stats(
        primaryQueries.sum(),
        replicaQueries.sum(),
        replicaFailures.sum(),
        monitor == null ? Duration.ZERO : monitor.lag());
  }

  /**
   * A read that must see all that has committed.
   *
   * @throws UnavailableException when the primary can't answer now
   */
  public <T extends @Nullable Object> T readPrimary(Work<T> work) {
    return runOnPrimary(false, work);
  }

  private <T extends @Nullable Object> T runOnPrimary(boolean inTransaction, Work<T> work) {
    try {
      primaryQueries.increment();
      return run(primary, inTransaction, work);
    } catch (SQLException e) {
      throw translated("the primary", e);
    }
  }

  private <T extends @Nullable Object> T readReplica(Work<T> work) {
    try {
      replicaQueries.increment();
      return run(Objects.requireNonNull(replica), false, work);
    } catch (SQLException e) {
      RuntimeException translated = translated("the replica", e);
      if (translated instanceof UnavailableException) {
        replicaFailures.increment();
        routing.replicaFailed(e);
      }
      throw translated;
    }
  }

  private <T extends @Nullable Object> T run(Connections from, boolean inTransaction, Work<T> work)
      throws SQLException {
    Transaction tx;
    T result;
    try (Connection connection = take(from)) {
      tx = new Transaction(connection);
      try (var _ = Timings.phase(Phase.DB)) {
        result = inTransaction ? transact(tx, work) : work.run(tx);
      }
    }
    tx.runAfterCommit();
    return result;
  }

  private Connection take(Connections from) throws SQLException {
    try (var _ = Timings.phase(Phase.POOL)) {
      return from.take();
    }
  }

  /** The pool puts auto-commit back when the connection returns to it. */
  private static <T extends @Nullable Object> T transact(Transaction tx, Work<T> work)
      throws SQLException {
    Connection connection = tx.connection();
    connection.setAutoCommit(false);
    try {
      T result = work.run(tx);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.rollback();
      } catch (SQLException lost) {
        e.addSuppressed(lost);
      }
      throw e;
    }
  }

  private static RuntimeException translated(String server, SQLException e) {
    return SqlStates.passing(e)
        ? new UnavailableException(server + " can't answer now", e)
        : new DatabaseException(e);
  }

  @Override
  public void close() {
    if (monitor != null) {
      monitor.close();
    }
    if (replica != null) {
      replica.close();
    }
    primary.close();
  }
}
