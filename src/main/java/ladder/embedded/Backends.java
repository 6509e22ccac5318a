package ladder.embedded;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import ladder.Config;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.failure.StartupException;
import ladder.files.DataDirectory;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Where PostgreSQL and Redis answer: at the URLs of the settings, and embedded for those that name
 * none. Safe for use by several threads.
 */
public final class Backends implements AutoCloseable {
  private final Config config;
  private final @Nullable EmbeddedServers servers;

  private Backends(Config config, @Nullable EmbeddedServers servers) {
    this.config = config;
    this.servers = servers;
  }

  /**
   * All that serving needs.
   *
   * @throws StartupException when a server that no setting names does not start
   */
  public static Backends start(Config config, DataDirectory data, Clock clock) {
    boolean postgres = config.databaseUrl() == null;
    boolean redis = config.redisUrl() == null;
    return new Backends(
        config,
        postgres || redis
            ? EmbeddedServers.start(
                data.path(), platform(config), new Wanted(postgres, postgres, redis), clock)
            : null);
  }

  public String databaseUrl() {
    return known(either(config.databaseUrl(), EmbeddedServers::databaseUrl));
  }

  /** Null when the primary has none. */
  public @Nullable String replicaUrl() {
    return either(config.replicaUrl(), EmbeddedServers::replicaUrl);
  }

  public String redisUrl() {
    return known(either(config.redisUrl(), EmbeddedServers::redisUrl));
  }

  /** What is configured is never embedded, too; a replica is configured only with its primary. */
  private @Nullable String either(
      @Nullable String configured, Function<EmbeddedServers, @Nullable String> embedded) {
    return configured != null || servers == null ? configured : embedded.apply(servers);
  }

  /**
   * Lets psql, curl and a second node find what is embedded, in {@code DATA/embedded.env}. The
   * first key of an embedded database is kept for as long as it works.
   *
   * @return that key; empty with a database of one's own
   */
  public Optional<String> publish(Predicate<String> works, Supplier<String> newKey) {
    if (servers == null) {
      return Optional.empty();
    }
    Path dataDir = config.dataDir();
    String key = null;
    if (servers.databaseUrl() != null) {
      key = EmbeddedEnv.read(dataDir).map(EmbeddedEnv::apiKey).filter(works).orElseGet(newKey);
    }
    new EmbeddedEnv(servers.databaseUrl(), servers.replicaUrl(), servers.redisUrl(), key)
        .write(dataDir);
    return Optional.ofNullable(key);
  }

  @Override
  public void close() {
    if (servers != null) {
      servers.close();
    }
  }

  /** The database for a single command. */
  public record Database(String url, Runnable whenDone) implements AutoCloseable {
    /**
     * The one that the settings name; or the embedded one of the server that runs on the data
     * directory; or, when none does, one that runs for as long as the command.
     *
     * @throws StartupException when the directory cannot be used or the database does not start
     */
    public static Database open(Config config, Clock clock) {
      String configured = config.databaseUrl();
      if (configured != null) {
        return new Database(configured, () -> {});
      }
      DataDirectory data;
      try {
        data = DataDirectory.open(config.dataDir());
      } catch (StartupException inUse) {
        return EmbeddedEnv.read(config.dataDir())
            .map(EmbeddedEnv::databaseUrl)
            .map(url -> new Database(url, () -> {}))
            .orElseThrow(() -> inUse);
      }
      try {
        EmbeddedServers servers =
            EmbeddedServers.start(
                data.path(), platform(config), new Wanted(true, false, false), clock);
        return new Database(
            known(servers.databaseUrl()),
            () -> {
              servers.close();
              data.close();
            });
      } catch (RuntimeException | Error e) {
        data.close();
        throw e;
      }
    }

    @Override
    public void close() {
      whenDone.run();
    }
  }

  private static Platform platform(Config config) {
    return Platform.of(config.machine());
  }

  private static String known(@Nullable String url) {
    if (url == null) {
      throw new IllegalStateException("a server was neither named nor started");
    }
    return url;
  }
}
