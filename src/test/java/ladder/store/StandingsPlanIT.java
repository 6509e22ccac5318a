package ladder.store;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import ladder.harness.Connect;
import ladder.harness.Databases;
import ladder.harness.TestServers;
import org.junit.jupiter.api.Test;

/**
 * How PostgreSQL looks up the standings of entries while tables grow faster than its statistics
 * follow. All rows stand in one transaction that is rolled back.
 */
class StandingsPlanIT {
  @Test
  void readsByIndexWithoutStatistics() throws SQLException {
    Databases.migrate();
    try (Connection connection = Connect.postgres(TestServers.shared().databaseUrl())) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            """
            INSERT INTO users (email, name)
            SELECT 'standing-' || n || '@example.org', 'U' FROM generate_series(1, 5000) n;
            INSERT INTO deliveries (event_id, channel)
            SELECT gen_random_uuid(), 'audit' FROM generate_series(1, 5000)
            """);
      }
      String plan = plan(connection);
      connection.rollback();
      assertFalse(plan.contains("Seq Scan on users"), plan);
      assertFalse(plan.contains("Seq Scan on deliveries"), plan);
    }
  }

  private static String plan(Connection connection) throws SQLException {
    String events =
        "[{\"id\":\"%s\",\"userId\":1,\"transactionId\":\"1\"}]".formatted(UUID.randomUUID());
    try (PreparedStatement statement =
        connection.prepareStatement("EXPLAIN " + EffectStore.STANDINGS)) {
      statement.setString(1, "audit");
      statement.setString(2, "audit");
      statement.setString(3, events);
      StringBuilder plan = new StringBuilder();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      }
      return plan.toString();
    }
  }
}
