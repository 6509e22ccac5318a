package bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ConflictResponse;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnprocessableContentResponse;
import io.lettuce.core.RedisFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads users, by way of the cache, and adds them. Thread-safe. */
final class Users {
  private static final Logger LOG = LoggerFactory.getLogger(Users.class);
  private static final String LOOK_UP = "lookUp";
  private static final int EMAIL_CHARS_MAX = 254;
  private static final int NAME_CHARS_MAX = 200;

  private static final String FIND =
      "SELECT id, email, name, created_at, version FROM users WHERE id = ?";

  /** The user and the event, in one statement and so in one transaction. */
  private static final String INSERT =
      """
      WITH added AS (
        INSERT INTO users (email, name) VALUES (?, ?)
        RETURNING id, email, name, created_at, version
      ), event AS (
        INSERT INTO outbox (event_id, user_id, detail)
        SELECT ?, id, jsonb_build_object('id', id, 'email', email, 'name', name, 'createdAt',
            to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'version', version)
        FROM added
      )
      SELECT id, email, name, created_at, version FROM added""";

  private final DataSource database;
  private final RedisLink redis;
  private final ObjectMapper mapper;
  private final boolean cached;
  private final int ttlSeconds;

  private record User(long id, String email, String name, Instant createdAt, long version) {}

  Users(DataSource database, RedisLink redis, ObjectMapper mapper, Config config) {
    this.database = database;
    this.redis = redis;
    this.mapper = mapper;
    this.cached = config.cache();
    this.ttlSeconds = config.cacheTtlSeconds();
  }

  /** Before {@code /users/{id}}: asks the cache, and leaves it to {@link #get} to wait. */
  void lookUp(Context ctx) {
    if (cached) {
      ctx.attribute(LOOK_UP, redis.get(key(ctx)));
    }
  }

  /** {@code GET /users/{id}}. */
  void get(Context ctx) throws SQLException, IOException {
    RedisFuture<byte[]> lookUp = ctx.attribute(LOOK_UP);
    byte[] json = lookUp == null ? null : RedisLink.await(lookUp);
    ctx.header("Cache-Status", json == null ? "ladder; fwd=miss" : "ladder; hit");
    if (json == null) {
      json = load(Parameters.id(ctx));
      if (cached) {
        String key = key(ctx);
        redis
            .set(key, json, ttlSeconds)
            .exceptionally(
                failure -> {
                  LOG.warn("{} was not cached", key, failure);
                  return null;
                });
      }
    }
    answer(ctx, json);
  }

  /** {@code POST /signup}. */
  void signUp(Context ctx) throws SQLException, IOException {
    JsonNode in = body(ctx);
    String email = text(in, "email", EMAIL_CHARS_MAX);
    if (email.indexOf('@') < 0) {
      throw new UnprocessableContentResponse("email must have an @");
    }
    User user = insert(email, text(in, "name", NAME_CHARS_MAX));
    ctx.status(201).header(Header.LOCATION, "/users/" + user.id);
    answer(ctx, mapper.writeValueAsBytes(user));
  }

  private static String key(Context ctx) {
    return "user:" + ctx.pathParam("id");
  }

  private byte[] load(long id) throws SQLException, IOException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setLong(1, id);
      try (ResultSet found = statement.executeQuery()) {
        if (!found.next()) {
          throw new NotFoundResponse("there is no user " + id);
        }
        return mapper.writeValueAsBytes(user(found));
      }
    }
  }

  private User insert(String email, String name) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setString(1, email);
      statement.setString(2, name);
      statement.setObject(3, UUID.randomUUID());
      try (ResultSet added = statement.executeQuery()) {
        added.next();
        return user(added);
      }
    } catch (SQLException e) {
      if ("23505".equals(e.getSQLState())) {
        throw new ConflictResponse("this email is another user's");
      }
      throw e;
    }
  }

  private static User user(ResultSet row) throws SQLException {
    return new User(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getObject(4, OffsetDateTime.class).toInstant(),
        row.getLong(5));
  }

  private static void answer(Context ctx, byte[] json) {
    ctx.header(Header.ETAG, '"' + version(json) + '"')
        .contentType(ContentType.APPLICATION_JSON)
        .result(json);
  }

  /** The last member of a user's JSON, without decoding the others. */
  private static String version(byte[] json) {
    int end = json.length - 1;
    int start = end;
    while (json[start - 1] != ':') {
      start--;
    }
    return new String(json, start, end - start, StandardCharsets.US_ASCII);
  }

  private JsonNode body(Context ctx) throws IOException {
    JsonNode body;
    try {
      body = mapper.readTree(ctx.bodyAsBytes());
    } catch (JsonProcessingException e) {
      throw new BadRequestResponse("the body is no JSON");
    }
    if (body.isMissingNode()) {
      throw new BadRequestResponse("the body is empty");
    }
    return body;
  }

  private static String text(JsonNode in, String name, int charsMax) {
    JsonNode value = in.path(name);
    String text = value.asText();
    if (!value.isTextual()
        || text.isBlank()
        || text.length() > charsMax
        || text.indexOf('\0') >= 0) {
      throw new UnprocessableContentResponse(
          name + " must be a text of 1 to " + charsMax + " characters");
    }
    return text;
  }
}
