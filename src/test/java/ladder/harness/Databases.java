package ladder.harness;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.db.Subject;
import ladder.redis.Redis;
import ladder.time.Clock;

/** Ladder's own way to the shared servers, with the schema in place. */
public final class Databases {
  public static final Connections.Options OPTIONS =
      new Connections.Options(Duration.ofSeconds(10), 10, Duration.ofSeconds(10));

  private static final Duration LAG_MAX = Duration.ofSeconds(10);

  private Databases() {}

  /** The primary alone. */
  public static Database primary() {
    String url = url();
    migrate();
    return Database.alone(pooled(url, Target.PRIMARY, OPTIONS), Clock.system()).start();
  }

  public static void migrate() {
    var _ = Migrations.migrate(DatabaseUrl.parse(url()));
  }

  private static String url() {
    return requireNonNull(TestServers.settings().get("LADDER_DATABASE_URL"));
  }

  public static Connections pooled(String url, Target target, Connections.Options options) {
    String name = target.name().toLowerCase(Locale.ROOT);
    return Connections.pooled(
        name, DatabaseUrl.parse(url), target, options, new SimpleMeterRegistry());
  }

  /** A primary and a replica, with what Redis knows of writes. */
  public static Database database(Connections primary, Connections replica, Redis redis) {
    return database(primary, replica, redis, Clock.system());
  }

  /** The same with another time. */
  public static Database database(
      Connections primary, Connections replica, Redis redis, Clock clock) {
    migrate();
    return new Database(primary, List.of(replica), LAG_MAX, redis, clock).start();
  }

  /** Returns when reads are served by the replica. */
  public static void awaitReads(Database database) {
    Await.until(
        "a read of the replica",
        Duration.ofSeconds(20),
        () -> {
          long before = database.stats().replicaQueries();
          Object _ = database.find(new Subject.User(0), _ -> Optional.of(1));
          return database.stats().replicaQueries() > before;
        });
  }

  /** The pools of both shared servers. */
  public static Database database(Connections.Options options, Redis redis, Clock clock) {
    return database(
        pooled(TestServers.shared().databaseUrl(), Target.PRIMARY, options),
        pooled(TestServers.shared().replicaUrl(), Target.REPLICA, options),
        redis,
        clock);
  }
}
