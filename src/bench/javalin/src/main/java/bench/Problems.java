package bench;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers with what failed, as RFC 9457 describes. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private Problems() {}

  private record Problem(String type, String title, int status, String detail) {}

  static void register(RoutesConfig routes) {
    routes.exception(
        HttpResponseException.class, (e, ctx) -> answer(ctx, e.getStatus(), e.getMessage()));
    routes.exception(
        Exception.class,
        (e, ctx) -> {
          LOG.error("{} {}", ctx.method(), ctx.path(), e);
          answer(ctx, 500, "something went wrong");
        });
  }

  private static void answer(Context ctx, int status, String detail) {
    ctx.status(status)
        .json(new Problem("about:blank", HttpStatus.forStatus(status).getMessage(), status, detail))
        .contentType("application/problem+json");
  }
}
