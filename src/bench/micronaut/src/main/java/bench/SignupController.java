package bench;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Valid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

@Controller("/signup")
@ExecuteOn(TaskExecutors.BLOCKING)
class SignupController {
  private final Database database;
  private final UserStore users;
  private final JsonMapper json;
  private final Problems problems;

  SignupController(Database database, UserStore users, JsonMapper json, Problems problems) {
    this.database = database;
    this.users = users;
    this.json = json;
    this.problems = problems;
  }

  /** Stores the user, and in the same transaction what must follow. */
  @Post
  HttpResponse<User> signUp(@Body @Valid NewUser newUser) throws SQLException {
    User user =
        database.transact(
            connection -> {
              User inserted =
                  users
                      .insert(connection, newUser)
                      .orElseThrow(
                          () ->
                              new HttpStatusException(
                                  HttpStatus.CONFLICT, "this email is another user's"));
              enqueue(connection, inserted);
              return inserted;
            });
    return HttpResponse.created(user, URI.create("/users/" + user.id()));
  }

  /** What is JSON, but no sign-up. */
  @Error
  HttpResponse<Problem> invalid(HttpRequest<?> request, ConstraintViolationException e) {
    ErrorContext.Builder context = ErrorContext.builder(request).cause(e);
    e.getConstraintViolations()
        .forEach(v -> context.errorMessage(v.getPropertyPath() + " " + v.getMessage()));
    return problems.processResponse(
        context.build(), HttpResponse.status(HttpStatus.UNPROCESSABLE_ENTITY));
  }

  private void enqueue(Connection connection, User user) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO outbox (event_id, user_id, detail) VALUES (?, ?, ?::jsonb)")) {
      insert.setObject(1, UUID.randomUUID());
      insert.setLong(2, user.id());
      insert.setString(3, json.writeValueAsString(user));
      insert.executeUpdate();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
