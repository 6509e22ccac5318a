package ladder.harness.history;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.harness.LadderClient;
import ladder.harness.RawHttp.Answer;
import ladder.harness.history.Operation.Action;

/**
 * Makes requests one after the other, with a connection to each node, and records them. Used by one
 * thread; the record is read when that has ended.
 */
final class Caller implements AutoCloseable {
  /** Far above every bound of the service; what takes longer has failed. */
  private static final Duration ANSWER_WAIT_MAX = Duration.ofSeconds(15);

  private final List<LadderClient> nodes = new ArrayList<>();
  private final List<Operation> record = new ArrayList<>();
  private final AtomicInteger sequence;

  Caller(List<Integer> ports, String key, AtomicInteger sequence) {
    ports.forEach(port -> nodes.add(new LadderClient(port, key, ANSWER_WAIT_MAX)));
    this.sequence = sequence;
  }

  int nodes() {
    return nodes.size();
  }

  Outcome signUp(int node) {
    int number = sequence.incrementAndGet();
    // Unique in a database that others use, too.
    String email = "h%d.%s@example.com".formatted(number, Long.toHexString(System.nanoTime()));
    String body = "{\"email\":\"%s\",\"name\":\"sign-up %d\"}".formatted(email, number);
    return call(number, Action.SIGN_UP, node, Operation.NOBODY, 0, "POST", "/signup", body);
  }

  Outcome patch(int node, long user) {
    int number = sequence.incrementAndGet();
    String body = "{\"name\":\"patch %d\"}".formatted(number);
    return call(number, Action.PATCH_USER, node, user, 0, "PATCH", "/users/" + user, body);
  }

  Outcome delete(int node, long user) {
    return call(next(), Action.DELETE_USER, node, user, 0, "DELETE", "/users/" + user, "");
  }

  Outcome order(int node, long user) {
    String body = "{\"item\":\"rung\",\"quantity\":1,\"unitPriceCents\":100}";
    String path = "/users/" + user + "/orders";
    return call(next(), Action.POST_ORDER, node, user, 0, "POST", path, body);
  }

  Outcome get(int node, long user) {
    return call(next(), Action.GET_USER, node, user, 0, "GET", "/users/" + user, "");
  }

  Outcome list(int node, long user, int limit) {
    String path = "/users/" + user + "/orders?limit=" + limit;
    return call(next(), Action.LIST_ORDERS, node, user, 0, "GET", path, "");
  }

  Outcome getOrder(int node, Population.Known known) {
    String path = "/orders/" + known.order();
    return call(next(), Action.GET_ORDER, node, known.user(), known.order(), "GET", path, "");
  }

  private int next() {
    return sequence.incrementAndGet();
  }

  private Outcome call(
      int number,
      Action action,
      int node,
      long user,
      long order,
      String method,
      String path,
      String body) {
    Outcome outcome;
    long answered = user;
    long startNanos = System.nanoTime();
    long endNanos;
    try {
      Answer answer = nodes.get(node).send(method, path, body);
      endNanos = System.nanoTime();
      outcome = Outcome.of(action, answer);
      if (action == Action.SIGN_UP && outcome instanceof Outcome.User signedUp) {
        answered = signedUp.id();
      }
    } catch (IOException e) {
      endNanos = System.nanoTime();
      outcome = new Outcome.Unknown(e.toString());
    }
    record.add(
        new Operation(number, action, answered, order, node + 1, startNanos, endNanos, outcome));
    return outcome;
  }

  /** The user whom the last request made or concerned. */
  long lastUser() {
    return record.getLast().user();
  }

  List<Operation> record() {
    return record;
  }

  @Override
  public void close() throws IOException {
    for (LadderClient node : nodes) {
      node.close();
    }
  }
}
