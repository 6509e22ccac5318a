package ladder.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ladder.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples both servers' positions once a second on a thread of its own and tells {@link
 * ReadRouting} the replica's lag, or that it does not answer. While the primary is away nothing new
 * can be missing on the replica, so the lag stays as it was.
 */
final class ReplicaMonitor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplicaMonitor.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final String PRIMARY_POSITION = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn";

  /** A server that is no standby has replayed everything that there is. */
  private static final String REPLICA_POSITION =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn
                  ELSE 9223372036854775807 END
      """;

  private final Connections primary;
  private final Connections replica;
  private final ReadRouting routing;
  private final Clock clock;
  private final ReplicaLag samples = new ReplicaLag();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Duration lag = Duration.ZERO;

  ReplicaMonitor(Connections primary, Connections replica, ReadRouting routing, Clock clock) {
    this.primary = primary;
    this.replica = replica;
    this.routing = routing;
    this.clock = clock;
    Thread.ofVirtual().name("replica-monitor").start(this::run);
  }

  Duration lag() {
    return lag;
  }

  private void run() {
    try {
      do {
        sample();
      } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample() {
    try {
      samples.primaryAt(position(primary, PRIMARY_POSITION), clock.nanos());
    } catch (SQLException e) {
      log.debug("no position of the primary", e);
    }
    try {
      lag = samples.replicaAt(position(replica, REPLICA_POSITION), clock.nanos());
      routing.replicaAnswered(lag);
    } catch (SQLException e) {
      if (closed.getCount() > 0) {
        routing.replicaFailed(e);
      }
    }
  }

  private static long position(Connections from, String sql) throws SQLException {
    try (Connection connection = from.take();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
