package ladder.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ladder.db.Transaction;

/** Table {@code orders}. */
public final class OrderStore {
  /**
   * One page, newest first. It starts at the cursor in the index and reads no row before it,
   * however deep the page is (keyset pagination); the outer join tells a user without orders from
   * no user.
   */
  public static final String PAGE =
      """
      SELECT o.id, o.user_id, o.item, o.quantity, o.unit_price_cents, o.created_at
      FROM users u
      LEFT JOIN LATERAL (
        SELECT * FROM orders WHERE user_id = u.id AND id < ? ORDER BY id DESC LIMIT ?
      ) o ON true
      WHERE u.id = ?
      """;

  /** Empty when there is no such user; the transaction stays usable. */
  public Optional<Order> insert(
      Transaction tx, long userId, String item, int quantity, long unitPriceCents)
      throws SQLException {
    String sql =
        """
        INSERT INTO orders (user_id, item, quantity, unit_price_cents)
        SELECT id, ?, ?, ? FROM users WHERE id = ? FOR KEY SHARE
        RETURNING id, user_id, item, quantity, unit_price_cents, created_at
        """;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, item);
      statement.setInt(2, quantity);
      statement.setLong(3, unitPriceCents);
      statement.setLong(4, userId);
      return one(statement);
    }
  }

  public Optional<Order> find(Transaction tx, long id) throws SQLException {
    String sql =
        """
        SELECT id, user_id, item, quantity, unit_price_cents, created_at FROM orders WHERE id = ?
        """;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setLong(1, id);
      return one(statement);
    }
  }

  /**
   * @param beforeId orders older than this one; {@code Long.MAX_VALUE} for the newest
   * @return at most {@code limit} orders; empty when there is no such user
   */
  public Optional<List<Order>> page(Transaction tx, long userId, long beforeId, int limit)
      throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(PAGE)) {
      statement.setLong(1, beforeId);
      statement.setInt(2, limit);
      statement.setLong(3, userId);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        List<Order> orders = new ArrayList<>(limit);
        do {
          rows.getLong("id");
          if (!rows.wasNull()) {
            orders.add(order(rows));
          }
        } while (rows.next());
        return Optional.of(orders);
      }
    }
  }

  private static Optional<Order> one(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.of(order(row)) : Optional.empty();
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
        Math.multiplyExact(quantity, unitPriceCents),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
