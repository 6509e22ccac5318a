package ladder.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/**
 * Tells a database that can't answer now from a statement that is wrong, by PostgreSQL's error
 * codes (PostgreSQL documentation, appendix A).
 */
final class SqlStates {
  private static final Set<String> PASSING =
      Set.of(
          "25006", // read-only transaction: a primary that has become a standby
          "40001", // serialization failure; also a standby that cancelled a conflicting read
          "40P01", // deadlock
          "55P03", // lock not available
          "57014", // query cancelled: the statement timeout
          "57P01", // admin shutdown
          "57P02", // crash shutdown
          "57P03", // cannot connect now: starting up
          "57P05"); // idle session timeout

  private SqlStates() {}

  static boolean passing(SQLException e) {
    if (e instanceof SQLTransientConnectionException) {
      return true;
    }
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("08") || state.startsWith("53") || PASSING.contains(state));
  }
}
