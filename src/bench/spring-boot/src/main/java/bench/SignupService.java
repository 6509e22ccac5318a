package bench;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

@Service
class SignupService {
  private final UserRepository users;
  private final JdbcClient jdbc;
  private final JsonMapper json;

  SignupService(UserRepository users, JdbcClient jdbc, JsonMapper json) {
    this.users = users;
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Stores the user, and in the same transaction what must follow. */
  @Transactional
  public User signUp(NewUser newUser) {
    User user = users.insert(newUser);
    jdbc.sql("INSERT INTO outbox (event_id, user_id, detail) VALUES (?, ?, ?::jsonb)")
        .params(UUID.randomUUID(), user.id(), json.writeValueAsString(user))
        .update();
    return user;
  }
}
