package ladder.api;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import ladder.api.Gate.Guarded;
import ladder.cache.Cache;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Lookup;
import ladder.cache.Cache.Result;
import ladder.cache.Versioned;
import ladder.db.Database;
import ladder.db.Subject;
import ladder.http.JsonObject;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.store.User;
import ladder.store.UserStore;
import ladder.store.UserStore.Change;
import org.jspecify.annotations.Nullable;

/** {@code GET}, {@code PATCH} and {@code DELETE} of {@code /users/{id}}. Thread-safe. */
public final class Users {
  /** The longest address that SMTP can carry (RFC 5321, 4.5.3.1.3, less the brackets). */
  private static final int EMAIL_CHARS_MAX = 254;

  private static final int NAME_CHARS_MAX = 200;

  /** To be raised when the JSON of a user changes, for the cached values of other versions. */
  public static final int SCHEMA = 1;

  private static final String STALE = "ladder; fwd=stale; fwd-status=503";

  /** No spaces and nothing invisible: two addresses that look the same would be two users. */
  private static final String ATOM = "[^\\p{Z}\\p{C}@\"(),:;<>\\[\\\\\\].]+";

  /** Of a host's name (RFC 1035, 2.3.4), in any alphabet. */
  private static final String LABEL = "[\\p{L}\\p{N}]([\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?";

  /**
   * What nearly every real address looks like: the quoted and the bracketed forms of RFC 5321 are
   * left out, because they are typing errors far more often than addresses.
   */
  private static final Pattern EMAIL =
      Pattern.compile("(?=.{1,64}@)%1$s(\\.%1$s)*@(%2$s\\.)+%2$s".formatted(ATOM, LABEL));

  private final Database database;
  private final UserStore users = new UserStore();
  private final Cache cache;

  public Users(Database database, Cache cache) {
    this.database = database;
    this.cache = cache;
  }

  Guarded get(Request request) {
    long id = Parameters.id(request);
    Lookup lookup = cache.lookUp(cacheKey(id));
    return (_, _) -> answer(request, id, lookup.orLoad(() -> load(id)));
  }

  private Response answer(Request request, long id, Found found) {
    String cacheStatus = cacheStatus(found.result());
    byte[] json = found.value();
    if (json == null) {
      throw noUser(id).with("Cache-Status", cacheStatus);
    }
    long version = Versioned.version(json);
    Response response =
        EntityTags.noneMatchFails(request, version)
            ? Response.empty(304)
            : Response.json(200, json);
    return response.with("ETag", EntityTags.of(version)).with("Cache-Status", cacheStatus);
  }

  /** What is kept cannot be confirmed while no database answers (RFC 9211, section 2). */
  private String cacheStatus(Result result) {
    return switch (result) {
      case HIT, NEGATIVE -> database.ready() ? "ladder; hit" : STALE;
      case STALE -> STALE;
      case MISS, ERROR -> "ladder; fwd=miss";
    };
  }

  Response update(Request request, ApiKey key) {
    long id = Parameters.id(request);
    JsonObject in = request.json();
    String email = in.has("email") ? email(in) : null;
    String name = in.has("name") ? name(in) : null;
    if (email == null && name == null) {
      in.error("name", "give a new name, a new email, or both");
    }
    in.done();
    Long @Nullable [] expected = EntityTags.ifMatch(request);
    return database.write(
        tx -> {
          User user = changed(id, users.update(tx, id, email, name, expected));
          byte[] json = Json.write(user);
          database.written(tx, new Subject.User(id));
          cache.change(cacheKey(id), json).ifPresent(tx::guard);
          return Response.json(200, json).with("ETag", EntityTags.of(user.version()));
        });
  }

  Response delete(Request request, ApiKey key) {
    long id = Parameters.id(request);
    Long @Nullable [] expected = EntityTags.ifMatch(request);
    return database.write(
        tx -> {
          Object _ = changed(id, users.delete(tx, id, expected));
          database.written(tx, new Subject.User(id));
          cache.change(cacheKey(id), null).ifPresent(tx::guard);
          return Response.empty(204);
        });
  }

  static String cacheKey(long id) {
    return "user:" + id;
  }

  static String email(JsonObject in) {
    String email = in.text("email", 1, EMAIL_CHARS_MAX);
    if (!email.isEmpty() && !EMAIL.matcher(email).matches()) {
      in.error("email", "must be an address such as ada@example.com");
    }
    return email;
  }

  static String name(JsonObject in) {
    return Parameters.notBlank(in, "name", NAME_CHARS_MAX);
  }

  static ProblemException emailTaken() {
    return new ProblemException(ProblemType.CONFLICT, "this email is another user's");
  }

  static ProblemException noUser(long id) {
    return new ProblemException(ProblemType.NOT_FOUND, "there is no user " + id);
  }

  private Optional<byte[]> load(long id) {
    return database.find(new Subject.User(id), tx -> users.find(tx, id)).map(Json::write);
  }

  /** The user, or the problem, which also rolls back what the change began. */
  private static User changed(long id, Change change) {
    return switch (change) {
      case Change.Changed(User user) -> Objects.requireNonNull(user);
      case Change.NotFound() -> throw noUser(id);
      case Change.EmailTaken() -> throw emailTaken();
      case Change.Stale() ->
          throw new ProblemException(
              ProblemType.PRECONDITION_FAILED,
              "user %d has changed since; read it again".formatted(id));
    };
  }
}
