package bench;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.LoggerFormat;
import io.vertx.ext.web.handler.LoggerHandler;
import io.vertx.micrometer.PrometheusScrapingHandler;
import io.vertx.sqlclient.Pool;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The routes. There is one instance for each core, each on an event loop of its own. */
final class Api extends VerticleBase {
  private static final Logger LOG = LogManager.getLogger(Api.class);
  private static final int BODY_BYTES_MAX = 64 * 1024;
  private static final String LIVE = "{\"status\":\"live\"}";

  private final Config config;
  private final Pool pool;

  Api(Config config, Pool pool) {
    this.config = config;
    this.pool = pool;
  }

  @Override
  public Future<?> start() {
    RedisLink redis = new RedisLink(vertx, config);
    Keys keys = new Keys(pool);
    Limiter limiter = new Limiter(redis, config.rateLimit(), config.rateWindowSeconds());
    Users users = new Users(pool, redis, limiter, config);
    Orders orders = new Orders(pool);

    Router router = Router.router(vertx);
    router.route().handler(accessLog()).failureHandler(Api::problem);
    router.get("/health/live").handler(Api::live);
    router.get("/metrics").handler(PrometheusScrapingHandler.create());
    router.get("/users/:id").handler(keys).handler(users::get);
    router.get("/users/:id/orders").handler(keys).handler(limiter).handler(orders);
    router
        .post("/signup")
        .handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX))
        .handler(keys)
        .handler(limiter)
        .handler(users::signUp);
    router.route().handler(keys).handler(limiter).handler(Api::nothing);

    return redis
        .connect()
        .compose(
            connected ->
                vertx
                    .createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(config.port()))
                    .requestHandler(router)
                    .listen());
  }

  /** The positive number in the path. */
  static long id(RoutingContext context) {
    return positive(context.pathParam("id"), "the id in the path");
  }

  static long positive(String text, String what) {
    try {
      long number = Long.parseLong(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // No number.
    }
    throw new HttpException(400, what + " must be a positive whole number");
  }

  private static LoggerHandler accessLog() {
    return LoggerHandler.create(LoggerFormat.CUSTOM)
        .customFormatter(
            (context, millis) ->
                context.request().method()
                    + " "
                    + context.request().path()
                    + " "
                    + context.response().getStatusCode()
                    + " "
                    + millis
                    + " ms");
  }

  private static void live(RoutingContext context) {
    context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(LIVE);
  }

  private static void nothing(RoutingContext context) {
    context.fail(new HttpException(404, "there is nothing here"));
  }

  /** Answers with what failed, as RFC 9457 describes. */
  private static void problem(RoutingContext context) {
    int status = context.statusCode();
    String detail = "something went wrong";
    if (context.failure() instanceof HttpException http) {
      status = http.getStatusCode();
      detail = http.getPayload();
    } else if (context.failure() != null) {
      LOG.error("{} {}", context.request().method(), context.request().path(), context.failure());
    }
    context.response().setStatusCode(status);
    String title = context.response().getStatusMessage();
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(
            new JsonObject()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail == null ? title : detail)
                .toBuffer());
  }
}
