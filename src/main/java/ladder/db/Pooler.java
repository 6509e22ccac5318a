package ladder.db;

import java.sql.Connection;
import java.sql.SQLException;
import ladder.failure.UnavailableException;

/**
 * What a new connection shows of a pooler such as PgBouncer between Ladder and the server. It drops
 * what ours ask for at their start, the time limits among it; and when it lends its connections for
 * a transaction, PgBouncer before 1.21 gives one client the prepared statement of another, whose
 * answer is then wrong without any error. Neither shows in use, so both are asked for at the start.
 */
final class Pooler {
  /** An option that means nothing to PostgreSQL, but is there when options arrive. */
  static final String MARK = "-c ladder.direct=on";

  private static final String KEEPS_ALL =
      """
      SELECT coalesce(current_setting('ladder.direct', true), '') = 'on'
        OR ? AND '0' NOT IN (current_setting('statement_timeout'),
                             current_setting('idle_in_transaction_session_timeout'))
      """;

  private Pooler() {}

  /**
   * @param connection sent the mark; it is closed when it must not be used
   * @throws UnavailableException when the pooler loses a promise of ours, in a sentence that says
   *     what to set
   */
  static void check(Connection connection, DatabaseUrl url) throws SQLException {
    boolean stated = url.jdbcUrl().contains("prepareThreshold=");
    if (!Migrations.isTrue(new Transaction(connection), KEEPS_ALL, stated)) {
      connection.close();
      throw new UnavailableException(
          ("a pooler such as PgBouncer answers at %s: set statement_timeout and idle_in_"
                  + "transaction_session_timeout by its connect_query or ALTER ROLE, and add"
                  + " prepareThreshold=0 to this URL (5 from 1.21 on with max_prepared_statements)")
              .formatted(url));
    }
  }
}
