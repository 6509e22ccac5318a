package ladder.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/**
 * What a failed statement says about its server, by PostgreSQL's error codes (PostgreSQL
 * documentation, appendix A).
 */
enum SqlFailure {
  /** The server does not answer, or the connection to it broke. */
  AWAY,
  /** The server answers, but could not do this now: it may be tried again, there or elsewhere. */
  BUSY,
  /** The statement is wrong: a fault of ours. */
  FAULT;

  private static final Set<String> AWAY_CODES =
      Set.of(
          "57P01", // admin shutdown
          "57P02", // crash shutdown
          "57P03"); // cannot connect now: starting up

  private static final Set<String> BUSY_CODES =
      Set.of(
          "25006", // read-only transaction: a primary that has become a standby
          "40001", // serialization failure; also a standby that cancelled a conflicting read
          "40P01", // deadlock
          "55P03", // lock not available
          "57014", // query cancelled: the statement timeout
          "57P05"); // idle session timeout

  /**
   * A wait for the pool that ended in vain is {@link #BUSY}, unless the pool reports that its last
   * attempt to connect failed: it passes that attempt's code on.
   */
  static SqlFailure of(SQLException e) {
    String state = e.getSQLState();
    if (state != null && (state.startsWith("08") || AWAY_CODES.contains(state))) {
      return AWAY;
    }
    boolean busy = state != null && (state.startsWith("53") || BUSY_CODES.contains(state));
    return busy || e instanceof SQLTransientConnectionException ? BUSY : FAULT;
  }
}
