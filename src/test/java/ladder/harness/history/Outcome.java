package ladder.harness.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import ladder.harness.RawHttp.Answer;
import ladder.harness.history.Operation.Action;

/** What an operation's answer says, or that there is none. */
public sealed interface Outcome {
  ObjectMapper JSON = new ObjectMapper();

  /**
   * The user, read or written.
   *
   * @param cached whether the answer says that it came from the cache
   */
  record User(long id, long version, String name, boolean cached) implements Outcome {
    @Override
    public String toString() {
      return "version %d, \"%s\"%s".formatted(version, name, cached ? ", a cache hit" : "");
    }
  }

  /** The user was deleted. */
  record Deleted() implements Outcome {
    @Override
    public String toString() {
      return "deleted";
    }
  }

  /**
   * The order, read or made.
   *
   * @param user whose it is
   */
  record Order(long id, long user) implements Outcome {
    @Override
    public String toString() {
      return "order " + id;
    }
  }

  /**
   * A user's newest orders.
   *
   * @param more whether there are older ones
   */
  record Page(List<Order> orders, boolean more) implements Outcome {
    @Override
    public String toString() {
      List<Long> ids = orders.stream().map(Order::id).toList();
      return "orders %s%s".formatted(ids, more ? " and older ones" : "");
    }

    /** Whether an order of this user with this id has its place on this page. */
    boolean covers(long order) {
      return !more || orders.isEmpty() || order >= orders.getLast().id();
    }
  }

  /** 404: there is no such user or order. */
  record Absent(boolean cached) implements Outcome {
    @Override
    public String toString() {
      return cached ? "404, a cache hit" : "404";
    }
  }

  /** It had no effect, and says so. */
  record Refused(int status) implements Outcome {
    @Override
    public String toString() {
      return "refused with " + status;
    }
  }

  /** A fault of the server, or no answer: a write may have happened, or may yet. */
  record Unknown(String why) implements Outcome {
    @Override
    public String toString() {
      return "unknown (" + why + ")";
    }
  }

  /** Reads an answer; one that it does not understand is unknown. */
  static Outcome of(Action action, Answer answer) {
    boolean cached = answer.header("Cache-Status").startsWith("ladder; hit");
    int status = answer.status();
    if (status == 404) {
      return new Absent(cached);
    }
    if (status >= 400 && status < 500) {
      return new Refused(status);
    }
    if (status != expected(action)) {
      return new Unknown("status " + status);
    }
    try {
      return action == Action.DELETE_USER
          ? new Deleted()
          : success(action, JSON.readTree(answer.body()), cached);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Unknown("%s in: %s".formatted(e.getMessage(), answer.body()));
    }
  }

  private static Outcome success(Action action, JsonNode json, boolean cached) {
    return switch (action) {
      case SIGN_UP, PATCH_USER, GET_USER ->
          new User(number(json, "id"), number(json, "version"), text(json, "name"), cached);
      case POST_ORDER, GET_ORDER -> order(json);
      case LIST_ORDERS -> page(json);
      case DELETE_USER -> throw new AssertionError("has no body");
    };
  }

  private static int expected(Action action) {
    return switch (action) {
      case SIGN_UP, POST_ORDER -> 201;
      case DELETE_USER -> 204;
      case PATCH_USER, GET_USER, LIST_ORDERS, GET_ORDER -> 200;
    };
  }

  private static Order order(JsonNode json) {
    return new Order(number(json, "id"), number(json, "userId"));
  }

  private static Page page(JsonNode json) {
    List<Order> orders = new ArrayList<>();
    json.required("orders").forEach(order -> orders.add(order(order)));
    return new Page(orders, !json.required("next").isNull());
  }

  private static long number(JsonNode json, String name) {
    return json.required(name).longValue();
  }

  private static String text(JsonNode json, String name) {
    return json.required(name).asText();
  }
}
