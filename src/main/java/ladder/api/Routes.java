package ladder.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import ladder.cache.Cache;
import ladder.db.Database;
import ladder.http.Response;
import ladder.http.Route;
import ladder.http.Route.Handler;
import ladder.keys.ApiKeys;
import ladder.limit.Limiter;
import ladder.limit.Quota;
import ladder.store.IdempotencyStore;
import ladder.store.OrderStore;
import ladder.store.UserStore;
import ladder.time.Clock;

/** The route table: all that the public listener serves. */
public final class Routes {
  private Routes() {}

  /** What the handlers are made from. */
  public record Services(
      Database database,
      Cache cache,
      Limiter limiter,
      Quota quota,
      ApiKeys keys,
      Effects effects,
      Health health,
      Clock clock) {}

  public static List<Route> table(Services s) {
    Gate gate = new Gate(s.keys(), s.limiter(), s.quota());
    UserStore userStore = new UserStore();
    Idempotency idempotency = new Idempotency(s.database(), new IdempotencyStore());
    Signup signup =
        new Signup(s.database(), userStore, s.cache(), idempotency, s.effects(), s.clock());
    Users users = new Users(s.database(), userStore, s.cache());
    Orders orders = new Orders(s.database(), new OrderStore(), idempotency);
    return List.of(
        new Route("POST", "/signup", gate.guarded(signup::signUp)),
        new Route("GET", "/users/{id}", gate.guarded(users::beginGet, users::get)),
        new Route("PATCH", "/users/{id}", gate.guarded(users::update)),
        new Route("DELETE", "/users/{id}", gate.guarded(users::delete)),
        new Route("POST", "/users/{id}/orders", gate.guarded(orders::create)),
        new Route("GET", "/users/{id}/orders", gate.guarded(orders::list)),
        new Route("GET", "/orders/{id}", gate.guarded(orders::get)),
        Route.always("GET", "/health/live", s.health()::live),
        Route.always("GET", "/health/ready", s.health()::ready),
        new Route("GET", "/openapi.json", openApi()));
  }

  private static Handler openApi() {
    try (InputStream in = Routes.class.getResourceAsStream("/openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("openapi.json is not in the jar");
      }
      Response description = Response.json(200, in.readAllBytes());
      return _ -> description;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
