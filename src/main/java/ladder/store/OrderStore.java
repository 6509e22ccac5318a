package ladder.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import ladder.db.Transaction;

/** Table {@code orders}. */
public final class OrderStore {
  /**
   * One page, newest first. It starts at the cursor in the index and reads no row before it,
   * however deep the page is (keyset pagination); the outer join distinguishes a user without
   * orders from no user. The limit is a subquery so that the planner can't weigh it: for a user
   * whom it takes to have fewer orders than that, it would read and sort them all.
   */
  public static final String PAGE =
      """
      SELECT o.id, o.user_id, o.item, o.quantity, o.unit_price_cents, o.created_at
      FROM users u
      LEFT JOIN LATERAL (
        SELECT * FROM orders WHERE user_id = u.id AND id < ?
        ORDER BY id DESC LIMIT (SELECT ?::integer)
      ) o ON true
      WHERE u.id = ?
      """;

  private static final String COLUMNS = "id, user_id, item, quantity, unit_price_cents, created_at";

  /**
   * Empty when there is no such user; the transaction stays usable.
   *
   * @throws SQLException when the statement fails
   */
  public Optional<Order> insert(
      Transaction tx, long userId, String item, int quantity, long unitPriceCents)
      throws SQLException {
    String sql =
        """
        INSERT INTO orders (user_id, item, quantity, unit_price_cents)
        SELECT id, ?, ?, ? FROM users WHERE id = ? FOR KEY SHARE
        RETURNING\s"""
            + COLUMNS;
    return tx.first(sql, OrderStore::order, item, quantity, unitPriceCents, userId);
  }

  /**
   * @throws SQLException when the statement fails
   */
  public Optional<Order> find(Transaction tx, long id) throws SQLException {
    return tx.first("SELECT " + COLUMNS + " FROM orders WHERE id = ?", OrderStore::order, id);
  }

  /**
   * @param beforeId orders older than this one; {@code Long.MAX_VALUE} for the newest
   * @return at most {@code limit} orders; empty when there is no such user
   * @throws SQLException when the statement fails
   */
  public Optional<List<Order>> page(Transaction tx, long userId, int limit, long beforeId)
      throws SQLException {
    List<Optional<Order>> rows =
        tx.query(
            PAGE,
            row -> row.getObject("id") == null ? Optional.empty() : Optional.of(order(row)),
            beforeId,
            limit,
            userId);
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(rows.stream().flatMap(Optional::stream).toList());
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
