package ladder.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.StringJoiner;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.harness.Connect;
import ladder.harness.OwnDatabase;
import org.junit.jupiter.api.Test;

/**
 * One user has nearly all orders. By its sample of the table the planner would take every user for
 * that one, whose newest orders are the newest of all, and look there for those of another, too.
 */
class SkewedOrdersIT {
  @Test
  void aUserWithFewOrdersIsFoundBesideOneWhoHasNearlyAll() throws SQLException {
    try (OwnDatabase database = new OwnDatabase()) {
      int _ = Migrations.migrate(DatabaseUrl.parse(database.url()));
      try (Connection connection = Connect.postgres(database.url())) {
        try (var statement = connection.createStatement()) {
          statement.execute(
              """
              INSERT INTO users (email, name)
              VALUES ('few@example.org', 'U'), ('all@example.org', 'U');
              INSERT INTO orders (user_id, item, quantity, unit_price_cents)
              SELECT CASE WHEN n <= 10 THEN 1 ELSE 2 END, 'tea', 1, 250
              FROM generate_series(1, 100000) n;
              ANALYZE users, orders
              """);
        }
        for (int user = 1; user <= 2; user++) {
          for (long before : new long[] {Long.MAX_VALUE, 50_000, 500}) {
            String plan = plan(connection, user, before);
            assertTrue(plan.contains("Index Scan using orders_user on orders"), plan);
            assertFalse(plan.contains("Filter: (user_id"), plan);
            assertFalse(plan.contains("Sort"), plan);
          }
        }
      }
    }
  }

  private static String plan(Connection connection, long user, long before) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("EXPLAIN ANALYZE " + OrderStore.PAGE)) {
      statement.setLong(1, before);
      statement.setInt(2, 20);
      statement.setLong(3, user);
      StringJoiner plan = new StringJoiner("\n");
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          plan.add(rows.getString(1));
        }
      }
      return plan.toString();
    }
  }
}
