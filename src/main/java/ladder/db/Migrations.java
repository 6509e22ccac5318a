package ladder.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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

  /** The version of the last file in {@code sql/}. */
  static final String LATEST = "3";

  private static final String UNDEFINED_TABLE = "42P01";

  private Migrations() {}

  /** Tells how many migrations were applied, and the schema's version after them. */
  public record Outcome(int applied, String version) {}

  /**
   * @throws UnavailableException with a sentence that names the fix, when the primary can't be
   *     reached or lets its user make no tables
   * @throws FlywayException when a migration fails; PostgreSQL then has rolled it back
   */
  public static Outcome migrate(DatabaseUrl url, Duration connectMax) {
    Connections.Options options = new Connections.Options(1, connectMax, STATEMENT_MAX);
    try (Connection connection = Connections.dataSource(url, options).getConnection()) {
      if (isApplied(connection, LATEST)) {
        return new Outcome(0, LATEST);
      }
      if (!mayMakeTables(connection)) {
        throw new UnavailableException(
            "the database at %s lets no tables be made: %s, or mend LADDER_DATABASE_URL"
                .formatted(url, "name a primary, and a user who may (GRANT CREATE ON SCHEMA)"));
      }
    } catch (SQLException e) {
      throw new UnavailableException(
          "the database at %s can't be reached (%s): start it, or mend LADDER_DATABASE_URL"
              .formatted(url, String.valueOf(e.getMessage()).replaceAll("\\s+", " ")),
          e);
    }
    Flyway flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(Connections.dataSource(url, options))
            .locations("classpath:sql")
            .ignoreMigrationPatterns("*:future")
            .load();
    var result = flyway.migrate();
    return new Outcome(result.migrationsExecuted, LATEST);
  }

  /** The migrator would try for ten seconds, and then fail with a report instead of a sentence. */
  private static boolean mayMakeTables(Connection connection) throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement(
                """
                SELECT NOT pg_is_in_recovery()
                   AND coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
                """);
        ResultSet row = query.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Asked first, because loading the migrator takes a third of a second that starts can save. */
  private static boolean isApplied(Connection connection, String version) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT FROM flyway_schema_history WHERE version = ? AND success")) {
      query.setString(1, version);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      if (UNDEFINED_TABLE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }
}
