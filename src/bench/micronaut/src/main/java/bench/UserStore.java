package bench;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

@Singleton
class UserStore {
  Optional<User> find(Connection connection, long id) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT id, email, name, created_at, version FROM users WHERE id = ?")) {
      query.setLong(1, id);
      return user(query);
    }
  }

  /** The new user, or nothing when the email is taken. */
  Optional<User> insert(Connection connection, NewUser user) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO users (email, name) VALUES (?, ?)
            ON CONFLICT (lower(email)) DO NOTHING
            RETURNING id, email, name, created_at, version
            """)) {
      insert.setString(1, user.email());
      insert.setString(2, user.name());
      return user(insert);
    }
  }

  private static Optional<User> user(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next()
          ? Optional.of(
              new User(
                  row.getLong("id"),
                  row.getString("email"),
                  row.getString("name"),
                  row.getTimestamp("created_at").toInstant(),
                  row.getLong("version")))
          : Optional.empty();
    }
  }
}
