package ladder.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ladder.admin.DeadLetters.Replayed;
import ladder.api.Health;
import ladder.api.Page;
import ladder.api.Parameters;
import ladder.http.JsonObject;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.http.Route;
import ladder.json.Json;
import ladder.keys.ApiKey;
import ladder.keys.ApiKeys;
import ladder.limit.Quota;

/** All that the admin listener serves. Thread-safe. */
public final class AdminRoutes {
  private static final int KEY_NAME_CHARS_MAX = 100;
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Statistics statistics;
  private final Verdicts verdicts;
  private final ApiKeys keys;
  private final DeadLetters deadLetters;
  private final Feed feed;
  private final Health health;
  private final Access access;

  public AdminRoutes(
      Statistics statistics,
      Verdicts verdicts,
      ApiKeys keys,
      DeadLetters deadLetters,
      Feed feed,
      Health health,
      Access access) {
    this.statistics = statistics;
    this.verdicts = verdicts;
    this.keys = keys;
    this.deadLetters = deadLetters;
    this.feed = feed;
    this.health = health;
    this.access = access;
  }

  public List<Route> table() {
    List<Route> routes = new ArrayList<>();
    routes.add(access.open("GET", "/health/live", health::live));
    routes.add(access.open("GET", "/health/ready", health::ready));
    routes.add(access.open("POST", "/login", access::signIn));
    routes.add(access.open("POST", "/logout", access::signOut));
    routes.add(access.open("GET", "/assets/{name}", access.assets()::file));
    routes.add(access.guarded("GET", "/", _ -> access.assets().dashboard()));
    routes.add(access.guarded("GET", "/events", feed::open));
    routes.add(
        access.guarded(
            "GET", "/metrics", _ -> Response.text(200, PROMETHEUS_TEXT, statistics.page())));
    routes.add(access.guarded("GET", "/stats", _ -> json(200, statistics.tree())));
    routes.add(access.guarded("GET", "/verdict", _ -> json(200, verdicts.tree())));
    routes.add(access.guarded("GET", "/keys", this::listKeys));
    routes.add(access.guarded("POST", "/keys", this::createKey));
    routes.add(access.guarded("DELETE", "/keys/{id}", this::revokeKey));
    routes.add(
        access.guarded(
            "GET",
            "/journal",
            _ -> json(200, statistics.tree().getOrDefault("journal", Map.of()))));
    routes.add(
        access.guarded("GET", "/journal/dead", _ -> json(200, Map.of("dead", deadLetters.list()))));
    routes.add(access.guarded("POST", "/journal/dead/{id}/replay", this::replay));
    routes.add(access.guarded("DELETE", "/journal/dead/{id}", this::discard));
    return routes;
  }

  private Response listKeys(Request request) {
    Page page = Page.of(request);
    return page.answer("keys", keys.list(page.limit() + 1, page.after()), ApiKey::id);
  }

  private Response createKey(Request request) {
    JsonObject in = request.json();
    String name = Parameters.notBlank(in, "name", KEY_NAME_CHARS_MAX);
    Integer perMinute =
        in.has("perMinute") ? (Integer) (int) in.integer("perMinute", 1, Quota.REQUESTS_MAX) : null;
    in.done();
    ApiKeys.Created created = keys.create(name, perMinute);
    Map<String, Object> body = shown(created.key());
    body.put("key", created.secret());
    return json(201, body).with("Location", "/keys/" + created.key().id());
  }

  private Response revokeKey(Request request) {
    long id = Parameters.id(request);
    if (!keys.revoke(id)) {
      throw new ProblemException(ProblemType.NOT_FOUND, "there is no key " + id);
    }
    return Response.empty(204);
  }

  private Response replay(Request request) throws InterruptedException {
    long id = Parameters.id(request);
    return switch (deadLetters.replay(id)) {
      case Replayed.Delivered() -> json(200, Map.of("id", id, "delivered", true));
      case Replayed.NotFound() -> throw noLetter(id);
      case Replayed.Failed(String reason) ->
          throw new ProblemException(
                  ProblemType.UNAVAILABLE, "it failed again and stays a dead letter: " + reason)
              .with("Retry-After", "60");
    };
  }

  private Response discard(Request request) {
    long id = Parameters.id(request);
    if (!deadLetters.discard(id)) {
      throw noLetter(id);
    }
    return Response.empty(204);
  }

  private static ProblemException noLetter(long id) {
    return new ProblemException(ProblemType.NOT_FOUND, "there is no dead letter " + id);
  }

  private static Map<String, Object> shown(ApiKey key) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", key.id());
    shown.put("name", key.name());
    shown.put("perMinute", key.perMinute());
    shown.put("createdAt", key.createdAt());
    shown.put("revokedAt", key.revokedAt());
    return shown;
  }

  private static Response json(int status, Object body) {
    return Response.json(status, Json.write(body));
  }
}
