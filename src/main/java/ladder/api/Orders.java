package ladder.api;

import java.util.List;
import java.util.function.Function;
import ladder.db.Database;
import ladder.db.Subject;
import ladder.http.JsonObject;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.store.Order;
import ladder.store.OrderStore;

/** Orders: {@code /users/{id}/orders} and {@code /orders/{id}}. Thread-safe. */
public final class Orders {
  private static final int ITEM_CHARS_MAX = 200;
  private static final int QUANTITY_MAX = 1_000_000;

  /** Ten million in the usual currencies; the total then stays below 2^53, exact in JavaScript. */
  private static final long UNIT_PRICE_CENTS_MAX = 1_000_000_000L;

  private final Database database;
  private final OrderStore orders = new OrderStore();
  private final Idempotency idempotency;

  public Orders(Database database, Idempotency idempotency) {
    this.database = database;
    this.idempotency = idempotency;
  }

  Response create(Request request, ApiKey key) {
    long userId = Parameters.id(request);
    JsonObject in = request.json();
    String item = Parameters.notBlank(in, "item", ITEM_CHARS_MAX);
    int quantity = (int) in.integer("quantity", 1, QUANTITY_MAX);
    long unitPriceCents = in.integer("unitPriceCents", 0, UNIT_PRICE_CENTS_MAX);
    in.done();
    return idempotency.once(
        request,
        key,
        tx -> {
          Order order =
              orders
                  .insert(tx, userId, item, quantity, unitPriceCents)
                  .orElseThrow(() -> Users.noUser(userId));
          database.written(tx, new Subject.User(userId));
          return Response.json(201, Json.write(order)).with("Location", "/orders/" + order.id());
        });
  }

  Response list(Request request, ApiKey key) {
    long userId = Parameters.id(request);
    Page page = Page.of(request);
    List<Order> found =
        database
            .find(
                new Subject.User(userId),
                tx -> orders.page(tx, userId, page.limit() + 1, page.after()))
            .orElseThrow(() -> Users.noUser(userId));
    return page.answer("orders", found, Order::id);
  }

  Response get(Request request, ApiKey key) {
    long id = Parameters.id(request);
    // An order never changes, but goes with its user.
    Function<Order, Subject> user = order -> new Subject.User(order.userId());
    Order found =
        database
            .find(user, tx -> orders.find(tx, id))
            .orElseThrow(
                () -> new ProblemException(ProblemType.NOT_FOUND, "there is no order " + id));
    return Response.json(200, Json.write(found));
  }
}
