package bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class OrderRepository {
  private final JdbcClient jdbc;

  OrderRepository(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The newest of a user's orders that are older than the one given. */
  List<Order> newest(long userId, long before, int limit) {
    return jdbc.sql(
            """
            SELECT id, user_id, item, quantity, unit_price_cents, created_at
            FROM orders WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?
            """)
        .params(userId, before, limit)
        .query(OrderRepository::order)
        .list();
  }

  private static Order order(ResultSet row, int number) throws SQLException {
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
