package ladder.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.settings.Settings;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to one server: from a pool that keeps them ready, or, with the rung off, a new one
 * for every use. Thread-safe.
 */
public final class Connections implements AutoCloseable {
  /** Which of several hosts to use. */
  public enum Target {
    PRIMARY(Phase.PRIMARY_POOL, Phase.PRIMARY),
    REPLICA(Phase.REPLICA_POOL, Phase.REPLICA);

    final Phase waiting;
    final Phase using;

    Target(Phase waiting, Phase using) {
      this.waiting = waiting;
      this.using = using;
    }
  }

  /**
   * @param acquireMax how long a caller waits for a connection before it is refused
   * @param size connections kept ready, and the most that the pool has
   * @param statementMax how long one statement may run
   */
  public record Options(Duration acquireMax, int size, Duration statementMax) {
    /**
     * @param sizeName the setting that holds the size; the times are the same for all servers
     */
    public static Options from(Settings settings, String sizeName) {
      return new Options(
          // HikariCP takes no shorter wait.
          settings.duration("LADDER_POOL_WAIT", Duration.ofMillis(250), Duration.ofSeconds(30)),
          settings.integer(sizeName, 1, 1_000),
          settings.duration(
              "LADDER_STATEMENT_TIMEOUT", Duration.ofMillis(100), Duration.ofSeconds(60)));
    }
  }

  final Target target;
  final String name;
  private final DatabaseUrl url;
  private final Properties properties;

  /** How many can be in use at once; with the rung off, how many the pool would have. */
  final int size;

  /** How long work may take: a few statements, of which the server ends each that is slow. */
  final Duration workMax;

  private final @Nullable HikariDataSource pool;
  private volatile boolean checked;

  private Connections(
      String name,
      DatabaseUrl url,
      Target target,
      Options options,
      @Nullable HikariDataSource pool) {
    this.name = name;
    this.target = target;
    this.url = url;
    this.properties = properties(url, options.statementMax());
    this.size = options.size();
    this.workMax = answerMax(options.statementMax()).multipliedBy(2);
    this.pool = pool;
  }

  /**
   * @param name of the server, in the log and in the pool's metrics
   */
  public static Connections pooled(
      String name, DatabaseUrl url, Target target, Options options, MeterRegistry metrics) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url.jdbcUrl());
    Properties properties = properties(url, options.statementMax());
    // A read with a timeout costs a timer; Postgres breaks off what hangs.
    PGProperty.SOCKET_TIMEOUT.set(properties, 0);
    config.setDataSourceProperties(properties);
    config.setMaximumPoolSize(options.size());
    config.setConnectionTimeout(options.acquireMax().toMillis());
    config.setValidationTimeout(Math.min(options.acquireMax().toMillis(), 1_000));
    config.setKeepaliveTime(TimeUnit.SECONDS.toMillis(60));
    config.setMaxLifetime(TimeUnit.MINUTES.toMillis(30));
    // Not to fail here when the server is away: each caller meets its own timeout and error.
    config.setInitializationFailTimeout(-1);
    config.setMetricRegistry(metrics);
    return new Connections(name, url, target, options, new HikariDataSource(config));
  }

  public static Connections unpooled(String name, DatabaseUrl url, Target target, Options options) {
    return new Connections(name, url, target, options, null);
  }

  /**
   * A connection to use and close.
   *
   * @throws SQLException when there is none within the wait, or the server refuses
   */
  Connection acquire() throws SQLException {
    try (var _ = Timings.phase(target.waiting)) {
      return pool == null ? open() : pool.getConnection();
    }
  }

  /**
   * Opens a connection outside of the pool, which a full pool does not prevent.
   *
   * @throws SQLException when the server does not answer, or refuses
   * @throws UnavailableException when a pooler in between loses a promise of ours
   */
  Connection open() throws SQLException {
    Connection connection = DriverManager.getConnection(url.jdbcUrl(), properties);
    if (!checked) {
      Pooler.check(connection, url);
      checked = true;
    }
    return connection;
  }

  /** A plain source of connections for the migrator. */
  static DataSource dataSource(DatabaseUrl url, Duration statementMax) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    Properties properties = properties(url, statementMax);
    for (String name : properties.stringPropertyNames()) {
      source.setProperty(name, properties.getProperty(name));
    }
    return source;
  }

  /** The server ends a slow statement first: this is for one that is gone. */
  private static Duration answerMax(Duration statementMax) {
    return Duration.ofSeconds(Math.max(1, statementMax.toSeconds()) + 5);
  }

  private static Properties properties(DatabaseUrl url, Duration statementMax) {
    Properties p = new Properties();
    p.putAll(url.login());
    PGProperty.APPLICATION_NAME.set(p, "ladder");
    PGProperty.CONNECT_TIMEOUT.set(p, 2);
    PGProperty.LOGIN_TIMEOUT.set(p, 5);
    PGProperty.SOCKET_TIMEOUT.set(p, (int) answerMax(statementMax).toSeconds());
    PGProperty.TCP_KEEP_ALIVE.set(p, true);
    PGProperty.OPTIONS.set(
        p,
        "-c statement_timeout=%d -c idle_in_transaction_session_timeout=%d %s"
            .formatted(statementMax.toMillis(), statementMax.toMillis() + 5_000, Pooler.MARK));
    if (url.hosts().size() > 1) {
      PGProperty.TARGET_SERVER_TYPE.set(p, "primary");
    }
    return p;
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
