package bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class UserRepository {
  private final JdbcClient jdbc;

  UserRepository(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<User> find(long id) {
    return jdbc.sql("SELECT id, email, name, created_at, version FROM users WHERE id = ?")
        .param(id)
        .query(UserRepository::user)
        .optional();
  }

  boolean exists(long id) {
    return jdbc.sql("SELECT EXISTS (SELECT FROM users WHERE id = ?)")
        .param(id)
        .query(Boolean.class)
        .single();
  }

  User insert(NewUser user) {
    return jdbc.sql(
            """
            INSERT INTO users (email, name) VALUES (?, ?)
            RETURNING id, email, name, created_at, version
            """)
        .params(user.email(), user.name())
        .query(UserRepository::user)
        .single();
  }

  private static User user(ResultSet row, int number) throws SQLException {
    return new User(
        row.getLong("id"),
        row.getString("email"),
        row.getString("name"),
        row.getTimestamp("created_at").toInstant(),
        row.getLong("version"));
  }
}
