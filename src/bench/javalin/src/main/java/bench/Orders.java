package bench;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.NotFoundResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** {@code GET /users/{id}/orders}: newest first, in pages. Thread-safe. */
final class Orders implements Handler {
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 100;

  private static final String PAGE =
      """
      SELECT id, user_id, item, quantity, unit_price_cents, created_at FROM orders
      WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?""";

  private static final String USER = "SELECT 1 FROM users WHERE id = ?";

  private final DataSource database;

  private record Order(
      long id,
      long userId,
      String item,
      int quantity,
      long unitPriceCents,
      long totalCents,
      Instant createdAt) {}

  private record Page(List<Order> orders, String next) {}

  Orders(DataSource database) {
    this.database = database;
  }

  @Override
  public void handle(Context ctx) throws SQLException {
    long userId = Parameters.id(ctx);
    int limit = limit(ctx.queryParam("limit"));
    String after = ctx.queryParam("after");
    long before = after == null ? Long.MAX_VALUE : Parameters.positive(after, "after");
    // One more than the limit shows that there is another page.
    List<Order> found = find(userId, before, limit + 1);
    if (found.size() <= limit) {
      ctx.json(new Page(found, null));
    } else {
      List<Order> orders = found.subList(0, limit);
      ctx.json(new Page(orders, Long.toString(orders.getLast().id)));
    }
  }

  private List<Order> find(long userId, long before, int count) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(PAGE)) {
      statement.setLong(1, userId);
      statement.setLong(2, before);
      statement.setInt(3, count);
      List<Order> orders = new ArrayList<>(count);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          orders.add(order(rows));
        }
      }
      if (orders.isEmpty()) {
        requireUser(connection, userId);
      }
      return orders;
    }
  }

  private static void requireUser(Connection connection, long id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(USER)) {
      statement.setLong(1, id);
      try (ResultSet found = statement.executeQuery()) {
        if (!found.next()) {
          throw new NotFoundResponse("there is no user " + id);
        }
      }
    }
  }

  private static int limit(String text) {
    long limit = text == null ? LIMIT_DEFAULT : Parameters.positive(text, "limit");
    if (limit > LIMIT_MAX) {
      throw new BadRequestResponse("limit must be at most " + LIMIT_MAX);
    }
    return (int) limit;
  }

  private static Order order(ResultSet row) throws SQLException {
    int quantity = row.getInt(4);
    long unitPriceCents = row.getLong(5);
    return new Order(
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        quantity,
        unitPriceCents,
        quantity * unitPriceCents,
        row.getObject(6, OffsetDateTime.class).toInstant());
  }
}
