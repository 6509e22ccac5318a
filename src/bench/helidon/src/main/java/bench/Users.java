package bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Users and their orders in PostgreSQL. What is not committed, the pool rolls back. */
final class Users {
  private final DataSource database;
  private final ObjectMapper json;

  Users(DataSource database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  Optional<User> find(long id) throws SQLException {
    try (var connection = database.getConnection();
        var select =
            connection.prepareStatement(
                "SELECT id, email, name, created_at, version FROM users WHERE id = ?")) {
      select.setLong(1, id);
      try (var rows = select.executeQuery()) {
        return rows.next() ? Optional.of(user(rows)) : Optional.empty();
      }
    }
  }

  /** The orders of a user that are older than one, newest first; empty without such a user. */
  Optional<List<Order>> orders(long id, long before, int limit) throws SQLException {
    try (var connection = database.getConnection();
        var select =
            connection.prepareStatement(
                """
                SELECT id, user_id, item, quantity, unit_price_cents, created_at
                FROM orders WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?""")) {
      select.setLong(1, id);
      select.setLong(2, before);
      select.setInt(3, limit);
      List<Order> orders = new ArrayList<>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          orders.add(order(rows));
        }
      }
      return orders.isEmpty() && !exists(connection, id) ? Optional.empty() : Optional.of(orders);
    }
  }

  /** Stores a user, and the event that the outbox delivers; empty if the email is taken. */
  Optional<User> insert(String email, String name) throws SQLException, JsonProcessingException {
    try (var connection = database.getConnection()) {
      connection.setAutoCommit(false);
      var user = insertUser(connection, email, name);
      if (user.isPresent()) {
        insertEvent(connection, user.get());
      }
      connection.commit();
      return user;
    }
  }

  private static Optional<User> insertUser(Connection connection, String email, String name)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            INSERT INTO users (email, name) VALUES (?, ?) ON CONFLICT DO NOTHING
            RETURNING id, email, name, created_at, version""")) {
      insert.setString(1, email);
      insert.setString(2, name);
      try (var rows = insert.executeQuery()) {
        return rows.next() ? Optional.of(user(rows)) : Optional.empty();
      }
    }
  }

  private void insertEvent(Connection connection, User user)
      throws SQLException, JsonProcessingException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO outbox (event_id, user_id, detail) VALUES (?, ?, ?::jsonb)")) {
      insert.setObject(1, UUID.randomUUID());
      insert.setLong(2, user.id());
      insert.setString(3, json.writeValueAsString(user));
      insert.executeUpdate();
    }
  }

  private static boolean exists(Connection connection, long id) throws SQLException {
    try (var select = connection.prepareStatement("SELECT 1 FROM users WHERE id = ?")) {
      select.setLong(1, id);
      try (var rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static User user(ResultSet row) throws SQLException {
    return new User(
        row.getLong("id"),
        row.getString("email"),
        row.getString("name"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getLong("version"));
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
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
