package ladder.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import ladder.settings.Settings;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Connections to one server: from a pool that keeps them ready, or, with the rung off, a new one
 * for every use. Thread-safe.
 */
@FunctionalInterface
public interface Connections extends AutoCloseable {
  Connection take() throws SQLException;

  @Override
  default void close() {}

  /** Which of several hosts to use. */
  enum Target {
    PRIMARY,
    REPLICA
  }

  /**
   * @param size connections kept ready
   * @param waitMax how long a caller waits for one before it is refused
   * @param statementMax how long one statement may run
   */
  record Options(int size, Duration waitMax, Duration statementMax) {
    /** The size is that of the setting with this name. */
    public static Options from(Settings s, String size) {
      return new Options(
          s.integer(size, 1, 1_000),
          s.duration("LADDER_POOL_WAIT", Duration.ofMillis(250), Duration.ofSeconds(30)),
          s.duration("LADDER_STATEMENT_TIMEOUT", Duration.ofMillis(100), Duration.ofSeconds(60)));
    }
  }

  static Connections pooled(
      String name, DatabaseUrl url, Target target, Options options, MeterRegistry metrics) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url.jdbcUrl());
    config.setDataSourceProperties(properties(url, target, options));
    config.setMaximumPoolSize(options.size());
    config.setConnectionTimeout(options.waitMax().toMillis());
    config.setValidationTimeout(Math.min(options.waitMax().toMillis(), 1_000));
    config.setKeepaliveTime(TimeUnit.SECONDS.toMillis(60));
    config.setMaxLifetime(TimeUnit.MINUTES.toMillis(30));
    // Not to fail here when the server is away: each caller meets its own timeout and error.
    config.setInitializationFailTimeout(-1);
    config.setMetricRegistry(metrics);
    HikariDataSource pool = new HikariDataSource(config);
    return new Connections() {
      @Override
      public Connection take() throws SQLException {
        return pool.getConnection();
      }

      @Override
      public void close() {
        pool.close();
      }
    };
  }

  static Connections unpooled(DatabaseUrl url, Target target, Options options) {
    Driver driver = new Driver();
    Properties properties = properties(url, target, options);
    return () -> {
      Connection connection = driver.connect(url.jdbcUrl(), properties);
      if (connection == null) {
        throw new SQLException("not a PostgreSQL URL: " + url);
      }
      return connection;
    };
  }

  /** A plain source of connections for the migrator. */
  static DataSource dataSource(DatabaseUrl url, Options options) {
    org.postgresql.ds.PGSimpleDataSource source = new org.postgresql.ds.PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    properties(url, Target.PRIMARY, options)
        .forEach(
            (name, value) -> {
              try {
                source.setProperty(String.valueOf(name), String.valueOf(value));
              } catch (SQLException e) {
                throw new IllegalArgumentException("bad connection property " + name, e);
              }
            });
    return source;
  }

  private static Properties properties(DatabaseUrl url, Target target, Options options) {
    Properties p = new Properties();
    if (url.user() != null) {
      PGProperty.USER.set(p, url.user());
    }
    if (url.password() != null) {
      PGProperty.PASSWORD.set(p, url.password());
    }
    long statementSeconds = Math.max(1, options.statementMax().toSeconds());
    PGProperty.APPLICATION_NAME.set(p, "ladder");
    PGProperty.CONNECT_TIMEOUT.set(p, 2);
    PGProperty.LOGIN_TIMEOUT.set(p, 5);
    // The server ends a slow statement first; the socket's bound is for a server that is gone.
    PGProperty.SOCKET_TIMEOUT.set(p, (int) statementSeconds + 5);
    PGProperty.TCP_KEEP_ALIVE.set(p, true);
    PGProperty.OPTIONS.set(
        p,
        "-c statement_timeout=%d -c idle_in_transaction_session_timeout=%d"
            .formatted(
                options.statementMax().toMillis(), options.statementMax().toMillis() + 5_000));
    if (url.severalHosts()) {
      boolean replica = target == Target.REPLICA;
      PGProperty.TARGET_SERVER_TYPE.set(p, replica ? "preferSecondary" : "primary");
      PGProperty.LOAD_BALANCE_HOSTS.set(p, replica);
    }
    return p;
  }
}
