package ladder.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import ladder.http.Response;
import ladder.http.Route;
import ladder.http.Route.Handler;

/** The route table: all that the public listener serves. */
public final class Routes {
  private Routes() {}

  public static List<Route> table(
      Gate gate, Signup signup, Users users, Orders orders, Health health) {
    return List.of(
        new Route("POST", "/signup", gate.guard(_ -> signup::signUp)),
        new Route("GET", "/users/{id}", gate.guard(users::get)),
        new Route("PATCH", "/users/{id}", gate.guard(_ -> users::update)),
        new Route("DELETE", "/users/{id}", gate.guard(_ -> users::delete)),
        new Route("POST", "/users/{id}/orders", gate.guard(_ -> orders::create)),
        new Route("GET", "/users/{id}/orders", gate.guard(_ -> orders::list)),
        new Route("GET", "/orders/{id}", gate.guard(_ -> orders::get)),
        Route.always("GET", "/health/live", health::live),
        Route.always("GET", "/health/ready", health::ready),
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
