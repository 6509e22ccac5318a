package bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.EnumSet;
import java.util.Set;

/**
 * The service on Vert.x, as its documentation recommends:
 *
 * <ul>
 *   <li>One instance of the verticle for each core, on the default two event loops a core, and the
 *       native transport (vertx-core: "Verticles", "Native transports").
 *   <li>One Redis connection for each instance, managed by ourselves, on which requests are
 *       pipelined: "for performance, a connection should not be auto managed but controlled by you
 *       ... keeping the number of connections low provides best results" (vertx-redis-client:
 *       "Implementing Reconnect on Error", "Protocol Parser"). The limiter's and the cache's
 *       commands leave in one batch.
 *   <li>One pool of PostgreSQL connections, created outside the verticles and shared by them, with
 *       cached prepared statements (vertx-pg-client: "Pool sharing", "Prepared statement caching").
 *   <li>Metrics by vertx-micrometer-metrics, of the HTTP server and of the pools, and the access
 *       log by vertx-web's logger handler on Log4j's asynchronous loggers.
 * </ul>
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Config config = Config.fromEnvironment();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setMetricsOptions(metrics()));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(vertx)));
    Pool pool = pool(vertx, config);
    int instances = Runtime.getRuntime().availableProcessors();
    Future.all(
            vertx.deployVerticle(
                () -> new Api(config, pool), new DeploymentOptions().setInstances(instances)),
            vertx.deployVerticle(new Outbox(config, pool)))
        .onFailure(
            failure -> {
              failure.printStackTrace();
              System.exit(1);
            });
  }

  /** Of the HTTP server and of the pools: not of each socket, query, command and message. */
  private static MicrometerMetricsOptions metrics() {
    Set<MetricsDomain> left =
        EnumSet.complementOf(EnumSet.of(MetricsDomain.HTTP_SERVER, MetricsDomain.NAMED_POOLS));
    MicrometerMetricsOptions options =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true))
            .setLabels(
                EnumSet.of(
                    Label.HTTP_ROUTE,
                    Label.HTTP_METHOD,
                    Label.HTTP_CODE,
                    Label.POOL_TYPE,
                    Label.POOL_NAME))
            .addDisabledMetricsCategory("redis")
            .addDisabledMetricsCategory("sql");
    left.forEach(options::addDisabledMetricsCategory);
    return options;
  }

  private static Pool pool(Vertx vertx, Config config) {
    return PgBuilder.pool()
        .connectingTo(
            new PgConnectOptions()
                .setHost(config.dbHost())
                .setPort(config.dbPort())
                .setDatabase(config.dbName())
                .setUser(config.dbUser())
                .setPassword(config.dbPassword())
                .setCachePreparedStatements(true))
        .with(new PoolOptions().setMaxSize(config.poolSize()))
        .using(vertx)
        .build();
  }

  private static void close(Vertx vertx) {
    try {
      vertx.close().await(10, SECONDS);
    } catch (Exception e) {
      e.printStackTrace();
    }
  }
}
