package bench;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.NotFoundResponse;
import io.javalin.json.JavalinJackson;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/**
 * The service on Javalin, as its documentation recommends (https://javalin.io/documentation):
 *
 * <ul>
 *   <li>Virtual threads ("Configuration": {@code concurrency.useVirtualThreads}), on which blocking
 *       JDBC is written plainly; a pool of HikariCP, with autocommit where one statement is all.
 *   <li>Before-handlers for the key, the look-up in the cache, which is only sent, and the limiter,
 *       which waits: so both leave together. One Redis connection for all (Lettuce's reference:
 *       "Pipelining and command flushing", "Native transports").
 *   <li>JSON by {@code JavalinJackson}. No compression: the answers are small.
 *   <li>The request logger ("Request logging") writes the access log by Logback's asynchronous
 *       appender and times each request in Micrometer, as the Micrometer plugin does, which has not
 *       been published for this version.
 * </ul>
 */
public final class Main {
  private static final List<HandlerType> METHODS =
      List.of(
          HandlerType.GET,
          HandlerType.POST,
          HandlerType.PUT,
          HandlerType.PATCH,
          HandlerType.DELETE,
          HandlerType.OPTIONS);

  private Main() {}

  public static void main(String[] args) throws Exception {
    Config config = Config.fromEnvironment();
    ObjectMapper mapper =
        new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    HikariDataSource database = new HikariDataSource(database(config));
    RedisLink redis = new RedisLink(config);
    Outbox outbox = new Outbox(database, mapper, config.dataDir());

    Keys keys = new Keys(database);
    Limiter limiter = new Limiter(redis, config.rateLimit(), config.rateWindowSeconds());
    Users users = new Users(database, redis, mapper, config);
    Orders orders = new Orders(database);
    Observer observer = new Observer(registry);

    Javalin app =
        Javalin.create(
            javalin -> {
              serve(javalin, config, mapper);
              javalin.requestLogger.http(observer);
              Problems.register(javalin.routes);
              javalin.routes.get("/health/live", ctx -> ctx.json(new Live("live")));
              javalin.routes.get("/metrics", observer::scrape);
              javalin.routes.beforeMatched(keys);
              javalin.routes.beforeMatched("/users/{id}", users::lookUp);
              javalin.routes.beforeMatched(limiter);
              javalin.routes.get("/users/{id}", users::get);
              javalin.routes.get("/users/{id}/orders", orders);
              javalin.routes.post("/signup", users::signUp);
              // Whatever else is asked for needs a key as well, and counts.
              METHODS.forEach(method -> javalin.routes.addHttpHandler(method, "/*", Main::nothing));
            });
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  app.stop();
                  outbox.close();
                  redis.close();
                  database.close();
                }));
    outbox.start();
    app.start("127.0.0.1", config.port());
  }

  private static void nothing(Context ctx) {
    throw new NotFoundResponse("there is nothing here");
  }

  private record Live(String status) {}

  private static void serve(JavalinConfig javalin, Config config, ObjectMapper mapper) {
    javalin.concurrency.useVirtualThreads = true;
    javalin.startup.showJavalinBanner = false;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.http.maxRequestSize = 64 * 1024;
    javalin.jsonMapper(new JavalinJackson(mapper, true));
  }

  private static HikariConfig database(Config config) {
    HikariConfig hikari = new HikariConfig();
    hikari.setJdbcUrl(
        "jdbc:postgresql://%s:%d/%s".formatted(config.dbHost(), config.dbPort(), config.dbName()));
    hikari.setUsername(config.dbUser());
    hikari.setPassword(config.dbPassword());
    hikari.setMaximumPoolSize(config.poolSize());
    return hikari;
  }
}
