package ladder.harness.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import ladder.harness.LadderClient;
import ladder.harness.RawHttp.Answer;
import ladder.harness.history.Operation.Action;

/** What an operation's answer says, or that there is none. */
public sealed interface Outcome {
  /**
   * The user, read or written.
   *
   * @param cached whether the answer says that it came from the cache
   */
  record User(long version, String name, boolean cached) implements Outcome {
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

  /** The order, read or made. */
  record Order(long id) implements Outcome {
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
  record Page(List<Long> orders, boolean more) implements Outcome {
    @Override
    public String toString() {
      return "orders %s%s".formatted(orders, more ? " and older ones" : "");
    }

    /** Whether an order of this user with this id has its place on this page. */
    boolean covers(long order) {
      return !more || orders.isEmpty() || order >= orders.getLast();
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
    boolean cached = answer.header("Cache-Status").equals("ladder; hit");
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
    return switch (action) {
      case SIGN_UP, PATCH_USER, GET_USER -> user(LadderClient.json(answer), cached);
      case DELETE_USER -> new Deleted();
      case POST_ORDER, GET_ORDER -> new Order(LadderClient.json(answer).get("id").longValue());
      case LIST_ORDERS -> page(LadderClient.json(answer));
    };
  }

  private static int expected(Action action) {
    return switch (action) {
      case SIGN_UP, POST_ORDER -> 201;
      case DELETE_USER -> 204;
      case PATCH_USER, GET_USER, LIST_ORDERS, GET_ORDER -> 200;
    };
  }

  private static User user(JsonNode json, boolean cached) {
    return new User(json.get("version").longValue(), json.get("name").textValue(), cached);
  }

  private static Page page(JsonNode json) {
    List<Long> ids = new ArrayList<>();
    json.get("orders").forEach(order -> ids.add(order.get("id").longValue()));
    return new Page(ids, !json.get("next").isNull());
  }
}
