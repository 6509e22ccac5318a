package ladder.api;

import ladder.cache.Cache;
import ladder.http.JsonObject;
import ladder.http.Request;
import ladder.http.Response;
import ladder.journal.Event;
import ladder.journal.Kind.SignedUp;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.store.User;
import ladder.store.UserStore;

/**
 * {@code POST /signup}. Answers as soon as the user is stored and the journal has what must follow:
 * welcome email, audit log and Slack message are not waited for. Thread-safe.
 */
public final class Signup {
  private final UserStore users = new UserStore();
  private final Cache cache;
  private final Idempotency idempotency;
  private final Effects effects;

  public Signup(Cache cache, Idempotency idempotency, Effects effects) {
    this.cache = cache;
    this.idempotency = idempotency;
    this.effects = effects;
  }

  Response signUp(Request request, ApiKey key) {
    JsonObject in = request.json();
    String email = Users.email(in);
    String name = Users.name(in);
    in.done();
    effects.requireReady().run();
    return idempotency.once(
        request,
        key,
        tx -> {
          UserStore.Inserted inserted =
              users.insert(tx, email, name).orElseThrow(Users::emailTaken);
          User user = inserted.user();
          Event event =
              Event.of(
                  new SignedUp(user.email(), user.name()),
                  user.id(),
                  user.createdAt(),
                  inserted.transactionId(),
                  request.id(),
                  request.traceparent());
          byte[] json = Json.write(user);
          cache.change(Users.cacheKey(user.id()), json).ifPresent(tx::guard);
          effects.follow().accept(tx, event);
          return Response.json(201, json)
              .with("Location", "/users/" + user.id())
              .with("ETag", EntityTags.of(user.version()));
        });
  }
}
