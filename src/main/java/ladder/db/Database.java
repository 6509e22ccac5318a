package ladder.db;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Stream;
import ladder.failure.UnavailableException;
import ladder.redis.Redis;
import ladder.time.Clock;
import ladder.time.SingleFlight;
import org.jspecify.annotations.Nullable;

/**
 * The servers behind the stores: writes go to the primary in a transaction, reads to a replica that
 * has replayed all that was written about their subject ({@link Floors}), and to the primary
 * otherwise. A read for which a replica is busy is tried on the primary within a budget, so that it
 * leaves room for the writes; a read for which a replica is away is tried on the primary.
 * Thread-safe.
 */
public final class Database implements AutoCloseable {
  /**
   * Half of the primary's connections may serve reads for a busy replica; the rest is for writes.
   */
  private static final int OVERFLOW_FRACTION = 2;

  private static final Duration CHECK_WAIT_MAX = Duration.ofSeconds(1);

  /** Queries by pool, those of them that a replica refused, and the longest measured lag. */
  public record Stats(
      long primaryQueries, long replicaQueries, long replicaFailures, Duration replicaLag) {}

  /** The position of what the primary answers. */
  private static final long CURRENT = Long.MAX_VALUE;

  /** What was read, and a position in the write-ahead log up to which it shows all writes. */
  private record Read<T>(Optional<T> value, long position) {}

  private record Committed<T extends @Nullable Object>(T result, Transaction tx, boolean marked) {}

  private final Postgres primary;
  private final Replicas replicas;
  private final Floors floors;
  private final Invalidations invalidations;
  private final SingleFlight<Boolean> checks =
      new SingleFlight<>("the check of what Redis missed", CHECK_WAIT_MAX);

  /** A permit for each read that may be on the primary because a replica is busy. */
  private final Semaphore overflow;

  /**
   * Does not watch the servers yet: {@link #start} does.
   *
   * @param replicas none when all reads go to the primary
   * @param lagMax how far a replica may be behind
   * @param redis null for {@link #alone}
   */
  public Database(
      Connections primary,
      List<Connections> replicas,
      Duration lagMax,
      @Nullable Redis redis,
      Clock clock) {
    this.invalidations = new Invalidations(redis, clock);
    this.floors = new Floors(redis, this::redisIsCurrent);
    this.replicas = new Replicas(replicas, lagMax, clock);
    this.overflow = new Semaphore(Math.max(1, primary.size / OVERFLOW_FRACTION));
    this.primary =
        new Postgres(
            "primary", "writes are refused", primary, this::probe, this.replicas::primaryAt, clock);
  }

  /** For a program that serves no reads: what it changes is recorded for the nodes that do. */
  public static Database alone(Connections primary, Clock clock) {
    return new Database(primary, List.of(), Duration.ZERO, null, clock);
  }

  private long probe(Transaction tx) throws SQLException {
    long position = Postgres.positionOf(tx);
    if (!replicas.isEmpty()) {
      floors.populate(tx.positionBehindCommits());
    }
    invalidations.apply(tx);
    return position;
  }

  /** Begins to watch the servers, without which one that was away once stays away. */
  public Database start() {
    primary.start();
    replicas.start();
    return this;
  }

  /**
   * Runs work in one transaction on the primary; rolled back when it throws. Returns when no node
   * serves what the work has marked as changed.
   *
   * @throws UnavailableException when the primary is busy or away, and when it is not known what
   *     became of the commit
   * @throws DatabaseException when a statement is wrong
   */
  public <T extends @Nullable Object> T write(Work<T> work) {
    Committed<T> committed =
        primary.run(
            true,
            tx -> {
              T result = work.run(tx);
              return new Committed<>(result, tx, invalidations.place(tx));
            });
    List<String> missed = Invalidations.settle(committed.tx);
    if (committed.marked && missed.isEmpty()) {
      return committed.result;
    }
    if (committed.marked) {
      int _ = primary.run(true, tx -> invalidations.record(tx, missed));
    }
    invalidations.awaitApplied();
    return committed.result;
  }

  /** Once the write is answered, reads of this subject on any node see it. */
  public void written(Transaction tx, Subject subject) {
    tx.guard(floors.mark(subject));
  }

  /**
   * Whether what Redis holds may be taken for current: every change whose mark got lost is deleted
   * from it. While the primary is away nothing changes, so that what was current still is.
   */
  public boolean redisIsCurrent() {
    return invalidations.applied() || !primary.answers() || checks.join("", this::check);
  }

  /** What the probe does, for when it is late. */
  private boolean check() {
    try {
      return primary.run(
          false,
          tx -> {
            invalidations.apply(tx);
            return invalidations.applied();
          });
    } catch (UnavailableException e) {
      return !primary.answers();
    }
  }

  /**
   * Runs a read, which may run twice, so it must have no effects. Only the primary may say that
   * what is asked for is absent: on a replica it may just not have arrived.
   *
   * @throws UnavailableException when no server that may answer it can do so now
   * @throws DatabaseException when a statement is wrong
   */
  public <T> Optional<T> find(Subject subject, Work<Optional<T>> work) {
    if (replicas.isEmpty()) {
      return readPrimary(work);
    }
    Optional<Postgres> replica = replicas.next(floors.of(subject));
    return replica.isPresent() ? findOn(replica.get(), work).value : readPrimary(work);
  }

  /**
   * The same for what tells only when it is read what its subject is.
   *
   * @param subject of what was read
   */
  public <T> Optional<T> find(Function<T, Subject> subject, Work<Optional<T>> work) {
    Optional<Postgres> replica = replicas.next(0);
    if (replica.isEmpty()) {
      return readPrimary(work);
    }
    Read<T> read = findOn(replica.get(), work);
    if (read.value.isEmpty() || read.position == CURRENT) {
      return read.value;
    }
    long floor = floors.of(subject.apply(read.value.get()));
    return floor <= read.position ? read.value : readPrimary(work);
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

  private <T> Read<T> findOn(Postgres replica, Work<Optional<T>> work) {
    long position = replica.position();
    try {
      Optional<T> answer = replica.run(false, work);
      if (answer.isPresent()) {
        return new Read<>(answer, position);
      }
    } catch (UnavailableException e) {
      if (replica.answers()) {
        return new Read<>(findInOverflow(work, e), CURRENT);
      }
    }
    return new Read<>(readPrimary(work), CURRENT);
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

  /** Whether a server answers, however busy it is. Does not wait. */
  public boolean ready() {
    return primary.answers() || replicas.answer();
  }

  /** The texts of the statements that ran so far, up to a bound. */
  public Set<String> statements() {
    Set<String> texts = new HashSet<>();
    servers().forEach(server -> texts.addAll(server.statements.texts()));
    return texts;
  }

  private Stream<Postgres> servers() {
    return Stream.concat(Stream.of(primary), replicas.servers().stream());
  }

  /**
   * Runs work on each server, for the operator: on a connection of its own and within a second for
   * each statement.
   *
   * @throws UnavailableException when a server does not answer
   */
  public <T> List<T> inspect(Work<T> work) {
    return servers().map(server -> server.inspect(work)).toList();
  }

  public Stats stats() {
    return new Stats(
        primary.queries.sum(),
        replicas.servers().stream().mapToLong(server -> server.queries.sum()).sum(),
        replicas.servers().stream().mapToLong(server -> server.refusals.sum()).sum(),
        replicas.lag());
  }

  @Override
  public void close() {
    replicas.close();
    primary.close();
  }
}
