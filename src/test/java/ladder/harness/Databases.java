package ladder.harness;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/** Ladder's own way to the shared servers, with the schema in place. */
public final class Databases {
  public static final Connections.Options OPTIONS =
      new Connections.Options(Duration.ofSeconds(10), 10, Duration.ofSeconds(10));

  private Databases() {}

  /** The primary alone. */
  public static Database primary() {
    String url = url();
    migrate();
    return database(pooled(url, Target.PRIMARY, OPTIONS), null, Duration.ZERO);
  }

  public static void migrate() {
    var _ = Migrations.migrate(DatabaseUrl.parse(url()));
  }

  private static String url() {
    return requireNonNull(TestServers.settings().get("LADDER_DATABASE_URL"));
  }

  public static Connections pooled(String url, Target target, Connections.Options options) {
    return Connections.pooled(DatabaseUrl.parse(url), target, options, new SimpleMeterRegistry());
  }

  public static Database database(
      Connections primary, @Nullable Connections replica, Duration readAfterWrite) {
    return new Database(primary, replica, readAfterWrite, Clock.system()).start();
  }
}
