package ladder;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.failure.StartupException;
import ladder.failure.UnavailableException;
import ladder.redis.Redis;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the schema up to date and makes the pools of the primary and of each replica. */
record DatabaseSetup(Config config, MeterRegistry metrics, Clock clock) {
  private static final Logger log = LoggerFactory.getLogger(DatabaseSetup.class);

  /** The version of the schema and the database that nodes serve, in Redis. */
  private static final String SCHEMA_KEY = "schema";

  private static final Duration SCHEMA_KEPT_FOR = Duration.ofDays(365);

  /**
   * The database, not watched yet.
   *
   * @throws StartupException with a sentence that names the fix when it does not answer, and Redis
   *     does not show that others serve without it
   */
  Database open(String primaryUrl, @Nullable String replicaUrl, Redis redis) {
    DatabaseUrl url = DatabaseUrl.parse(primaryUrl);
    migrate(url, redis);
    Connections primary = connections("primary", url, Target.PRIMARY, config.primaryPool());
    return new Database(
        primary,
        replicaUrl == null || !config.has(Rung.REPLICA)
            ? List.of()
            : replicas(DatabaseUrl.parse(replicaUrl)),
        config.replicaLagMax(),
        redis,
        clock);
  }

  /** Redis remembers which database nodes serve, for those that start while it is away. */
  private static void migrate(DatabaseUrl url, Redis redis) {
    byte[] served = (Migrations.LATEST + ' ' + url).getBytes(UTF_8);
    try {
      int applied = Migrations.migrate(url);
      if (applied > 0) {
        log.info("applied {} migrations, schema version {}", applied, Migrations.LATEST);
      }
      var _ = redis.set(SCHEMA_KEY, served, SCHEMA_KEPT_FOR);
    } catch (StartupException e) {
      if (!Arrays.equals(held(redis, SCHEMA_KEY), served)) {
        throw e;
      }
      log.warn("{}; this node serves what others have cached", e.getMessage());
    }
  }

  private static byte @Nullable [] held(Redis redis, String key) {
    try {
      return redis.get(key).await();
    } catch (UnavailableException e) {
      return null;
    }
  }

  private List<Connections> replicas(DatabaseUrl url) {
    return url.each().stream()
        .map(
            each -> {
              String name =
                  url.hosts().size() == 1 ? "replica" : "replica-" + each.hosts().getFirst();
              return connections(name, each, Target.REPLICA, config.replicaPool());
            })
        .toList();
  }

  private Connections connections(
      String name, DatabaseUrl url, Target target, Connections.Options options) {
    return config.has(Rung.POOL)
        ? Connections.pooled(name, url, target, options, metrics)
        : Connections.unpooled(name, url, target, options);
  }
}
