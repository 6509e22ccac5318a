package ladder.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import ladder.cache.Cache;
import ladder.db.Database;
import ladder.db.Subject;
import ladder.http.JsonObject;
import ladder.http.Request;
import ladder.http.Response;
import ladder.journal.Event;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.store.User;
import ladder.store.UserStore;
import ladder.time.Clock;

/**
 * {@code POST /signup}. Answers as soon as the user is stored and the journal has what must follow:
 * welcome email, audit log and Slack message are not waited for. Thread-safe.
 */
public final class Signup {
  private final Database database;
  private final UserStore users;
  private final Cache cache;
  private final Idempotency idempotency;
  private final Effects effects;
  private final Clock clock;

  public Signup(
      Database database,
      UserStore users,
      Cache cache,
      Idempotency idempotency,
      Effects effects,
      Clock clock) {
    this.database = database;
    this.users = users;
    this.cache = cache;
    this.idempotency = idempotency;
    this.effects = effects;
    this.clock = clock;
  }

  Response signUp(Request request, ApiKey key) {
    request.requireJson();
    JsonObject in = JsonObject.read(request.body());
    String email = Users.email(in, in.text("email", 1, Users.EMAIL_CHARS_MAX));
    String name = Users.name(in, in.text("name", 1, Users.NAME_CHARS_MAX));
    in.done();
    Instant now = clock.now().truncatedTo(ChronoUnit.MICROS);
    return idempotency.once(
        request,
        key,
        tx -> {
          UserStore.Inserted inserted =
              users.insert(tx, email, name).orElseThrow(Users::emailTaken);
          User user = inserted.user();
          effects.follow(
              tx,
              new Event(
                  UUID.randomUUID(),
                  Event.SIGNED_UP,
                  user.id(),
                  user.email(),
                  user.name(),
                  now,
                  inserted.transactionId(),
                  request.id(),
                  request.traceparent()));
          byte[] json = Json.write(user);
          database.written(tx, new Subject.User(user.id()));
          tx.afterCommit(() -> cache.put(Users.cacheKey(user.id()), json));
          return Response.json(201, json)
              .with("Location", "/users/" + user.id())
              .with("ETag", EntityTags.of(user.version()));
        });
  }
}
