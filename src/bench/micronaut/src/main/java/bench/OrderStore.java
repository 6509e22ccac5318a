package bench;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

@Singleton
class OrderStore {
  /** The newest of a user's orders that are older than the one given. */
  List<Order> newest(Connection connection, long userId, long before, int limit)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT id, user_id, item, quantity, unit_price_cents, created_at
            FROM orders WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?
            """)) {
      query.setLong(1, userId);
      query.setLong(2, before);
      query.setInt(3, limit);
      List<Order> orders = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          orders.add(order(row));
        }
      }
      return orders;
    }
  }

  private static Order order(ResultSet row) throws SQLException {
    int quantity = row.getInt("quantity");
    long unitPriceCents = row.getLong("unit_price_cents");
    return new Order(
        row.getLong("id"),
        row.getLong("user_id"),
        row.getString("item"),
        quantity,
        unitPriceCents,
        quantity * unitPriceCents,
        row.getTimestamp("created_at").toInstant());
  }
}
