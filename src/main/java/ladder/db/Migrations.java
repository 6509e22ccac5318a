package ladder.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import ladder.failure.StartupException;
import ladder.failure.UnavailableException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the schema to the version in this jar's {@code sql/}. Nodes that start together take turns
 * by Flyway's lock in the database; a newer schema than this jar's is left alone, so that nodes of
 * two versions can run side by side during a rolling restart.
 */
public final class Migrations {
  /** Building an index over a large table takes its time. */
  private static final Duration STATEMENT_MAX = Duration.ofHours(1);

  /** The version of the last file in {@code sql/}, to which the schema is brought. */
  public static final String LATEST = "6";

  private static final String HISTORY_EXISTS =
      "SELECT to_regclass('flyway_schema_history') IS NOT NULL";

  private static final String IS_UP_TO_DATE =
      "SELECT EXISTS (SELECT FROM flyway_schema_history WHERE version = ? AND success)";

  private static final String MAY_CREATE_TABLES =
      """
      SELECT NOT pg_is_in_recovery()
         AND coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
      """;

  private Migrations() {}

  /**
   * Applies what is missing, and says how many migrations that was.
   *
   * @throws StartupException when the primary can't be reached or its user can't create tables
   * @throws UnavailableException when a pooler in between loses a promise of ours
   * @throws FlywayException when a migration fails; PostgreSQL then has rolled it back
   */
  public static int migrate(DatabaseUrl url) {
    try {
      DataSource source = Connections.dataSource(url, STATEMENT_MAX);
      try (Connection connection = source.getConnection()) {
        Pooler.check(connection, url);
        Transaction tx = new Transaction(connection);
        // Loading the migrator takes a third of a second that starts can save.
        if (isTrue(tx, HISTORY_EXISTS) && isTrue(tx, IS_UP_TO_DATE, LATEST)) {
          return 0;
        }
        // The migrator would try for ten seconds, then fail with a report instead of a sentence.
        if (!isTrue(tx, MAY_CREATE_TABLES)) {
          throw new StartupException(
              "no tables can be created in the database at %s: set LADDER_DATABASE_URL to a %s"
                  .formatted(url, "primary, with a user who may (GRANT CREATE ON SCHEMA)"));
        }
      }
      return Flyway.configure(Migrations.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:sql")
          .ignoreMigrationPatterns("*:future")
          .load()
          .migrate()
          .migrationsExecuted;
    } catch (SQLException e) {
      String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      throw new StartupException(
          "the database at %s can't be reached (%s): %s"
              .formatted(
                  url,
                  message,
                  message.contains("startup parameter")
                      ? "add options to ignore_startup_parameters in pgbouncer.ini"
                      : "start it, or correct LADDER_DATABASE_URL"));
    }
  }

  static boolean isTrue(Transaction tx, String sql, Object... parameters) throws SQLException {
    return tx.first(sql, row -> row.getBoolean(1), parameters).orElseThrow();
  }
}
