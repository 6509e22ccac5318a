package bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What asks for a key: users, their orders, and sign-up. */
final class UserService implements HttpService {
  private static final HeaderName CACHE_STATUS = HeaderNames.create("Cache-Status");
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 100;

  private final Gate gate;
  private final Users users;
  private final RedisGate redis;
  private final ObjectMapper json;

  private record Signup(String email, String name) {}

  UserService(Gate gate, Users users, RedisGate redis, ObjectMapper json) {
    this.gate = gate;
    this.users = users;
    this.redis = redis;
    this.json = json;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/users/{id}", gate.keyedWithUser(this::user))
        .get("/users/{id}/orders", gate.keyed(this::orders))
        .post("/signup", gate.keyed(this::signUp));
  }

  /** The bytes in the cache are the answer; they are parsed for the version alone. */
  private void user(ServerRequest request, ServerResponse response)
      throws SQLException, IOException {
    byte[] cached = Gate.answer(request).user();
    if (cached != null) {
      send(response, cached, json.readValue(cached, User.class).version(), "ladder; hit");
      return;
    }
    User user = users.find(id(request)).orElseThrow(UserService::noUser);
    byte[] bytes = json.writeValueAsBytes(user);
    redis.keep(user.id(), bytes);
    send(response, bytes, user.version(), "ladder; fwd=miss");
  }

  private static void send(ServerResponse response, byte[] user, long version, String cacheStatus) {
    response
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .header(HeaderNames.ETAG, '"' + Long.toString(version) + '"')
        .header(CACHE_STATUS, cacheStatus)
        .send(user);
  }

  private void orders(ServerRequest request, ServerResponse response) throws SQLException {
    int size = (int) number(request, "limit", LIMIT_MAX).orElse((long) LIMIT_DEFAULT).longValue();
    long before = number(request, "after", Long.MAX_VALUE).orElse(Long.MAX_VALUE);
    List<Order> found =
        users.orders(id(request), before, size + 1).orElseThrow(UserService::noUser);
    if (found.size() <= size) {
      response.send(new Order.Page(found, null));
    } else {
      List<Order> page = found.subList(0, size);
      response.send(new Order.Page(page, Long.toString(page.getLast().id())));
    }
  }

  private void signUp(ServerRequest request, ServerResponse response)
      throws SQLException, IOException {
    Signup signup = request.content().hasEntity() ? request.content().as(Signup.class) : null;
    if (signup == null) {
      throw new HttpException("The body must be an object", Status.BAD_REQUEST_400);
    }
    String email = text("email", signup.email(), 254);
    String name = text("name", signup.name(), 200);
    if (email.indexOf('@') < 0) {
      throw new HttpException("email must have an @", Status.UNPROCESSABLE_CONTENT_422);
    }
    User user =
        users
            .insert(email, name)
            .orElseThrow(() -> new HttpException("This email is taken", Status.CONFLICT_409));
    response
        .status(Status.CREATED_201)
        .header(HeaderNames.LOCATION, "/users/" + user.id())
        .send(user);
  }

  private static long id(ServerRequest request) {
    try {
      return Long.parseLong(request.path().pathParameters().get("id"));
    } catch (NumberFormatException e) {
      throw noUser();
    }
  }

  private static Optional<Long> number(ServerRequest request, String name, long max) {
    return request.query().first(name).asOptional().map(text -> number(name, text, max));
  }

  private static long number(String name, String text, long max) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new HttpException(name + " must be a number from 1 to " + max, Status.BAD_REQUEST_400);
  }

  private static String text(String name, String value, int max) {
    if (value == null || value.isBlank() || value.length() > max || value.indexOf('\0') >= 0) {
      throw new HttpException(
          name + " must have 1 to " + max + " characters, none of them NUL",
          Status.UNPROCESSABLE_CONTENT_422);
    }
    return value;
  }

  private static HttpException noUser() {
    return new HttpException("There is no such user", Status.NOT_FOUND_404);
  }
}
