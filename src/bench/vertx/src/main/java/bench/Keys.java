package bench;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Lets only those pass who have a valid key, which is remembered for a while. */
final class Keys implements Handler<RoutingContext> {
  private static final String BEARER = "Bearer ";
  private static final String KEY = "key";
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final PreparedQuery<RowSet<Row>> find;
  private final Map<String, Remembered> remembered = new HashMap<>();

  private record Remembered(Future<Long> id, long atNanos) {}

  Keys(Pool pool) {
    this.find =
        pool.preparedQuery("SELECT id FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL");
  }

  /** The id of the key that the request came with. */
  static long of(RoutingContext context) {
    return context.<Long>get(KEY);
  }

  @Override
  public void handle(RoutingContext context) {
    String authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization == null || !authorization.startsWith(BEARER)) {
      refuse(context);
      return;
    }
    id(authorization.substring(BEARER.length()))
        .onComplete(id -> admit(context, id), context::fail);
  }

  private static void admit(RoutingContext context, Long id) {
    if (id == null) {
      refuse(context);
      return;
    }
    context.put(KEY, id).next();
  }

  private static void refuse(RoutingContext context) {
    context.response().putHeader("WWW-Authenticate", "Bearer");
    context.fail(new HttpException(401, "a valid API key is needed"));
  }

  /** The key's id, null when there is no such key. Those who ask at the same time ask once. */
  private Future<Long> id(String key) {
    long now = System.nanoTime();
    Remembered known = remembered.get(key);
    if (known != null && now - known.atNanos < REMEMBERED_NANOS) {
      return known.id;
    }
    Remembered asked =
        new Remembered(
            find.execute(Tuple.of(sha256(key)))
                .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getLong(0)),
            now);
    remembered.put(key, asked);
    asked.id.onComplete(
        found -> {
          if (found.result() == null) {
            remembered.remove(key, asked);
          }
        });
    return asked.id;
  }

  private static String sha256(String key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
