package bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/**
 * The service on Quarkus REST. It waits for PostgreSQL and Redis in plain blocking style, each
 * request on a virtual thread (https://quarkus.io/guides/virtual-threads). What is configured, and
 * why, stands in {@code application.properties}; {@link KeyFilter} comes before every method here.
 */
@Path("/")
@RunOnVirtualThread
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class UserResource {
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 100;

  private final Users users;
  private final RedisGate redis;
  private final Admission admission;
  private final ObjectMapper json;

  UserResource(Users users, RedisGate redis, Admission admission, ObjectMapper json) {
    this.users = users;
    this.redis = redis;
    this.admission = admission;
    this.json = json;
  }

  /** The bytes in the cache are the answer; they are parsed for the version alone. */
  @GET
  @Path("/users/{id}")
  @Keyed.WithUser
  public RestResponse<byte[]> user(@RestPath long id) throws SQLException, IOException {
    byte[] cached = admission.answer().user();
    if (cached != null) {
      return user(cached, json.readValue(cached, User.class).version(), "ladder; hit");
    }
    User user = users.find(id).orElseThrow(UserResource::noUser);
    byte[] bytes = json.writeValueAsBytes(user);
    redis.keep(id, bytes);
    return user(bytes, user.version(), "ladder; fwd=miss");
  }

  private static RestResponse<byte[]> user(byte[] bytes, long version, String cacheStatus) {
    return ResponseBuilder.ok(bytes)
        .tag(Long.toString(version))
        .header("Cache-Status", cacheStatus)
        .build();
  }

  @GET
  @Path("/users/{id}/orders")
  @Keyed
  public Order.Page orders(@RestPath long id, @RestQuery String limit, @RestQuery String after)
      throws SQLException {
    int size = limit == null ? LIMIT_DEFAULT : (int) number("limit", limit, LIMIT_MAX);
    long before = after == null ? Long.MAX_VALUE : number("after", after, Long.MAX_VALUE);
    List<Order> found = users.orders(id, before, size + 1).orElseThrow(UserResource::noUser);
    if (found.size() <= size) {
      return new Order.Page(found, null);
    }
    List<Order> page = found.subList(0, size);
    return new Order.Page(page, Long.toString(page.getLast().id()));
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
    throw new Refused(400, name + " must be a number from 1 to " + max);
  }

  public record Signup(String email, String name) {}

  @POST
  @Path("/signup")
  @Keyed
  public RestResponse<User> signUp(Signup signup) throws SQLException, JsonProcessingException {
    if (signup == null) {
      throw new Refused(400, "The body must be an object");
    }
    String email = text("email", signup.email(), 254);
    String name = text("name", signup.name(), 200);
    if (email.indexOf('@') < 0) {
      throw new Refused(422, "email must have an @");
    }
    User user =
        users.insert(email, name).orElseThrow(() -> new Refused(409, "This email is taken"));
    return ResponseBuilder.create(RestResponse.Status.CREATED, user)
        .header("Location", "/users/" + user.id())
        .build();
  }

  private static String text(String name, String value, int max) {
    if (value == null || value.isBlank() || value.length() > max || value.indexOf('\0') >= 0) {
      throw new Refused(422, name + " must have 1 to " + max + " characters, none of them NUL");
    }
    return value;
  }

  private static Refused noUser() {
    return new Refused(404, "There is no such user");
  }
}
