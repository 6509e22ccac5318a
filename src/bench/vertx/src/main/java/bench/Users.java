package bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.pgclient.PgException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Reads users, by way of the cache, and adds them. */
final class Users {
  private static final Logger LOG = LogManager.getLogger(Users.class);
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("Cache-Status");
  private static final CharSequence HIT = HttpHeaders.createOptimized("ladder; hit");
  private static final CharSequence MISS = HttpHeaders.createOptimized("ladder; fwd=miss");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final int EMAIL_CHARS_MAX = 254;
  private static final int NAME_CHARS_MAX = 200;

  private static final String FIND =
      "SELECT id, email, name, created_at, version FROM users WHERE id = $1";

  /** The user and the event, in one statement and so in one transaction. */
  private static final String INSERT =
      """
      WITH added AS (
        INSERT INTO users (email, name) VALUES ($1, $2)
        RETURNING id, email, name, created_at, version
      ), event AS (
        INSERT INTO outbox (event_id, user_id, detail)
        SELECT $3, id, jsonb_build_object('id', id, 'email', email, 'name', name, 'createdAt',
            to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'version', version)
        FROM added
      )
      SELECT id, email, name, created_at, version FROM added""";

  private final RedisLink redis;
  private final Limiter limiter;
  private final boolean cached;
  private final String ttlSeconds;
  private final PreparedQuery<RowSet<JsonObject>> find;
  private final PreparedQuery<RowSet<JsonObject>> insert;

  Users(Pool pool, RedisLink redis, Limiter limiter, Config config) {
    this.redis = redis;
    this.limiter = limiter;
    this.cached = config.cache();
    this.ttlSeconds = Integer.toString(config.cacheTtlSeconds());
    this.find = pool.preparedQuery(FIND).mapping(Users::user);
    this.insert = pool.preparedQuery(INSERT).mapping(Users::user);
  }

  /** {@code GET /users/{id}}: asks the limiter and the cache in one write. */
  void get(RoutingContext context) {
    String key = "user:" + context.pathParam("id");
    Request limit = limiter.question(Keys.of(context));
    redis
        .batch(cached ? List.of(limit, Request.cmd(Command.GET).arg(key)) : List.of(limit))
        .compose(
            answers -> {
              limiter.apply(answers.getFirst(), context.response());
              Response hit = cached ? answers.getLast() : null;
              context.response().putHeader(CACHE_STATUS, hit == null ? MISS : HIT);
              return hit == null
                  ? load(Api.id(context), key)
                  : Future.succeededFuture(hit.toBuffer());
            })
        .onComplete(json -> answer(context.response(), json), context::fail);
  }

  private Future<Buffer> load(long id, String key) {
    return find.execute(Tuple.of(id))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw new HttpException(404, "there is no user " + id);
              }
              Buffer json = rows.iterator().next().toBuffer();
              if (cached) {
                redis
                    .send(Request.cmd(Command.SET).arg(key).arg(json).arg("EX").arg(ttlSeconds))
                    .onFailure(failure -> LOG.warn("{} was not cached", key, failure));
              }
              return json;
            });
  }

  private static void answer(HttpServerResponse response, Buffer json) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.ETAG, '"' + version(json) + '"')
        .end(json);
  }

  /** The last member of a user's JSON, without decoding the others. */
  private static String version(Buffer json) {
    int end = json.length() - 1;
    int start = end;
    while (json.getByte(start - 1) != ':') {
      start--;
    }
    return json.getString(start, end);
  }

  /** {@code POST /signup}. */
  void signUp(RoutingContext context) {
    JsonObject in = body(context);
    String email = text(in, "email", EMAIL_CHARS_MAX);
    if (email.indexOf('@') < 0) {
      throw new HttpException(422, "email must have an @");
    }
    String name = text(in, "name", NAME_CHARS_MAX);
    insert
        .execute(Tuple.of(email, name, UUID.randomUUID()))
        .onComplete(
            rows -> {
              JsonObject user = rows.iterator().next();
              context
                  .response()
                  .setStatusCode(201)
                  .putHeader(HttpHeaders.LOCATION, "/users/" + user.getLong("id"));
              answer(context.response(), user.toBuffer());
            },
            failure ->
                context.fail(
                    failure instanceof PgException e && e.getSqlState().equals("23505")
                        ? new HttpException(409, "this email is another user's")
                        : failure));
  }

  private static JsonObject body(RoutingContext context) {
    if (context.body().isEmpty()) {
      throw new HttpException(400, "the body is empty");
    }
    try {
      if (Json.decodeValue(context.body().buffer()) instanceof JsonObject object) {
        return object;
      }
    } catch (DecodeException e) {
      throw new HttpException(400, "the body is no JSON");
    }
    throw new HttpException(422, "the body is no JSON object");
  }

  private static String text(JsonObject in, String name, int charsMax) {
    if (in.getValue(name) instanceof String text
        && !text.isBlank()
        && text.length() <= charsMax
        && text.indexOf('\0') < 0) {
      return text;
    }
    throw new HttpException(422, name + " must be a text of 1 to " + charsMax + " characters");
  }

  private static JsonObject user(Row row) {
    return new JsonObject()
        .put("id", row.getLong(0))
        .put("email", row.getString(1))
        .put("name", row.getString(2))
        .put("createdAt", row.getOffsetDateTime(3).toInstant())
        .put("version", row.getLong(4));
  }
}
