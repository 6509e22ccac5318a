package ladder.db;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import ladder.failure.UnavailableException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The pair of servers behind the stores: writes go to the primary in a transaction, reads to the
 * replica where {@link ReadRouting} lets them and to the primary otherwise. A read for which the
 * replica is busy is tried on the primary within a budget, so that it leaves room for the writes; a
 * read for which a server is away is tried on the other. Thread-safe.
 */
public final class Database implements AutoCloseable {
  /**
   * Half of the primary's connections may serve reads for a busy replica; the rest is for writes.
   */
  private static final int OVERFLOW_FRACTION = 2;

  /** Queries by pool, those of them that the replica refused, and its last measured lag. */
  public record Stats(
      long primaryQueries, long replicaQueries, long replicaFailures, Duration replicaLag) {}

  private final Postgres primary;

  /** The primary itself when all reads go there. */
  private final Postgres replica;

  private final ReadRouting routing;
  private final ReplicaLag lag;

  /** A permit for each read that may be on the primary because the replica is busy. */
  private final Semaphore overflow;

  /**
   * Does not watch the servers yet: {@link #start} does.
   *
   * @param replica null when all reads go to the primary
   * @param readAfterWrite how long after a write its subject is read from the primary
   */
  public Database(
      Connections primary, @Nullable Connections replica, Duration readAfterWrite, Clock clock) {
    this.routing = new ReadRouting(readAfterWrite, clock);
    this.lag = new ReplicaLag(clock);
    this.overflow = new Semaphore(Math.max(1, primary.size() / OVERFLOW_FRACTION));
    this.primary = new Postgres("primary", "writes are refused", primary, lag::primaryAt, clock);
    this.replica =
        replica == null
            ? this.primary
            : new Postgres("replica", "reads go to the primary", replica, lag::replicaAt, clock);
  }

  /** Begins to watch the servers, without which one that was away once stays away. */
  public Database start() {
    primary.start();
    if (replica != primary) {
      replica.start();
    }
    return this;
  }

  /**
   * Runs work in one transaction on the primary; rolled back when it throws.
   *
   * @throws UnavailableException when the primary is busy or away
   * @throws DatabaseException when a statement is wrong
   */
  public <T extends @Nullable Object> T write(Work<T> work) {
    return primary.run(true, work);
  }

  /** From now until a while after the commit, reads of this subject on this node see the write. */
  public void written(Transaction tx, Subject subject) {
    routing.written(subject);
    tx.afterCommit(() -> routing.written(subject));
  }

  /**
   * Runs a read, which may run twice, so it must have no effects. Only the primary may say that
   * what is asked for is absent: on the replica it may just not have arrived.
   *
   * @throws UnavailableException when no server that may answer it can do so now
   * @throws DatabaseException when a statement is wrong
   */
  public <T> Optional<T> find(Subject subject, Work<Optional<T>> work) {
    return mayLag(subject) ? findOnReplica(work) : findFresh(work);
  }

  /**
   * A read that must see all that has committed.
   *
   * @throws UnavailableException when the primary is busy or away
   * @throws DatabaseException when a statement is wrong
   */
  public <T extends @Nullable Object> T readPrimary(Work<T> work) {
    return primary.run(false, work);
  }

  private <T> Optional<T> findOnReplica(Work<Optional<T>> work) {
    try {
      Optional<T> answer = replica.run(false, work);
      if (answer.isPresent()) {
        return answer;
      }
    } catch (UnavailableException e) {
      if (replica.answers()) {
        return findInOverflow(work, e);
      }
    }
    return readPrimary(work);
  }

  private <T> Optional<T> findInOverflow(Work<Optional<T>> work, UnavailableException busy) {
    if (!overflow.tryAcquire()) {
      throw busy;
    }
    try {
      return readPrimary(work);
    } finally {
      overflow.release();
    }
  }

  /** While the primary is away, the replica's answer is better than none, although it may lag. */
  private <T> Optional<T> findFresh(Work<Optional<T>> work) {
    try {
      return readPrimary(work);
    } catch (UnavailableException e) {
      if (primary.answers() || !replica.answers()) {
        throw e;
      }
      return Optional.of(replica.run(false, work).orElseThrow(() -> e));
    }
  }

  /** Whether a server answers, however busy it is. Does not wait. */
  public boolean ready() {
    return primary.answers() || replica.answers();
  }

  /** Whether a read of this subject may be answered by the replica, as of a moment ago. */
  public boolean mayLag(Subject subject) {
    return replica != primary
        && replica.answers()
        && routing.replicaMayServe(subject, lag.current());
  }

  /** The texts of the statements that ran so far, up to a bound. */
  public Set<String> statements() {
    Set<String> texts = new HashSet<>(primary.statements.texts());
    texts.addAll(replica.statements.texts());
    return texts;
  }

  /**
   * Runs work on each server, for the operator: on a connection of its own and within a second for
   * each statement.
   *
   * @throws UnavailableException when a server does not answer
   */
  public <T> List<T> inspect(Work<T> work) {
    return Stream.of(primary, replica).distinct().map(server -> server.inspect(work)).toList();
  }

  public Stats stats() {
    long primaryQueries = primary.queries.sum();
    return replica == primary
        ? new Stats(primaryQueries, 0, 0, lag.current())
        : new Stats(primaryQueries, replica.queries.sum(), replica.refusals.sum(), lag.current());
  }

  @Override
  public void close() {
    replica.close();
    primary.close();
  }
}
