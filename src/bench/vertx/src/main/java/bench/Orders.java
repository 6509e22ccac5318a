package bench;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** {@code GET /users/{id}/orders}: newest first, in pages. */
final class Orders implements Handler<RoutingContext> {
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 100;

  private static final String PAGE =
      """
      SELECT id, user_id, item, quantity, unit_price_cents, created_at FROM orders
      WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3""";

  private static final String USER = "SELECT 1 FROM users WHERE id = $1";

  private final PreparedQuery<RowSet<JsonObject>> page;
  private final PreparedQuery<RowSet<Row>> user;

  Orders(Pool pool) {
    this.page = pool.preparedQuery(PAGE).mapping(Orders::order);
    this.user = pool.preparedQuery(USER);
  }

  @Override
  public void handle(RoutingContext context) {
    long userId = Api.id(context);
    int limit = limit(context.request().getParam("limit"));
    String after = context.request().getParam("after");
    long before = after == null ? Long.MAX_VALUE : Api.positive(after, "after");
    page.execute(Tuple.of(userId, before, limit + 1))
        .compose(
            found ->
                found.size() == 0 ? requireUser(userId).map(found) : Future.succeededFuture(found))
        .onComplete(
            found ->
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(answer(found, limit).toBuffer()),
            context::fail);
  }

  /** Of one order more than the limit, which shows that there is another page. */
  private static JsonObject answer(RowSet<JsonObject> found, int limit) {
    JsonArray orders = new JsonArray();
    String next = null;
    for (JsonObject order : found) {
      if (orders.size() == limit) {
        next = orders.getJsonObject(limit - 1).getLong("id").toString();
        break;
      }
      orders.add(order);
    }
    return new JsonObject().put("orders", orders).put("next", next);
  }

  private Future<Void> requireUser(long id) {
    return user.execute(Tuple.of(id))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw new HttpException(404, "there is no user " + id);
              }
              return null;
            });
  }

  private static int limit(String text) {
    long limit = text == null ? LIMIT_DEFAULT : Api.positive(text, "limit");
    if (limit > LIMIT_MAX) {
      throw new HttpException(400, "limit must be at most " + LIMIT_MAX);
    }
    return (int) limit;
  }

  private static JsonObject order(Row row) {
    int quantity = row.getInteger(3);
    long unitPriceCents = row.getLong(4);
    return new JsonObject()
        .put("id", row.getLong(0))
        .put("userId", row.getLong(1))
        .put("item", row.getString(2))
        .put("quantity", quantity)
        .put("unitPriceCents", unitPriceCents)
        .put("totalCents", quantity * unitPriceCents)
        .put("createdAt", row.getOffsetDateTime(5).toInstant());
  }
}
