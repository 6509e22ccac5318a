package bench;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

@Controller("/users/{id}")
@ExecuteOn(TaskExecutors.BLOCKING)
class UserController {
  private final UserCache cache;
  private final Database database;
  private final UserStore users;
  private final OrderStore orders;

  UserController(UserCache cache, Database database, UserStore users, OrderStore orders) {
    this.cache = cache;
    this.database = database;
    this.users = users;
    this.orders = orders;
  }

  @Get
  HttpResponse<User> user(@Positive long id) throws SQLException, IOException {
    Optional<User> cached = cache.get(id);
    User user = cached.isPresent() ? cached.get() : load(id);
    return HttpResponse.ok(user)
        .header(HttpHeaders.ETAG, "\"" + user.version() + "\"")
        .header("Cache-Status", cached.isPresent() ? "ladder; hit" : "ladder; fwd=miss");
  }

  @Get("/orders")
  OrderPage orders(
      @Positive long id,
      @QueryValue(defaultValue = "20") @Min(1) @Max(100) int limit,
      @QueryValue(defaultValue = "" + Long.MAX_VALUE) @Positive long after)
      throws SQLException {
    // One more than asked for shows whether there is a next page.
    List<Order> found =
        database.query(
            connection -> {
              List<Order> newest = orders.newest(connection, id, after, limit + 1);
              if (newest.isEmpty() && users.find(connection, id).isEmpty()) {
                throw noUser(id);
              }
              return newest;
            });
    if (found.size() <= limit) {
      return new OrderPage(found, null);
    }
    return new OrderPage(found.subList(0, limit), Long.toString(found.get(limit - 1).id()));
  }

  private User load(long id) throws SQLException, IOException {
    User user =
        database.query(connection -> users.find(connection, id)).orElseThrow(() -> noUser(id));
    cache.put(user);
    return user;
  }

  private static HttpStatusException noUser(long id) {
    return new HttpStatusException(HttpStatus.NOT_FOUND, "there is no user " + id);
  }
}
