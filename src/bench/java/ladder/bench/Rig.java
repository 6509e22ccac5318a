package ladder.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import ladder.cache.NoCache;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.embedded.EmbeddedServers;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.embedded.Platform;
import ladder.files.DataDirectory;
import ladder.keys.ApiKeys;
import ladder.time.Clock;

/**
 * PostgreSQL and Redis, with the data that every peer finds. Those that {@code LADDER_DATABASE_URL}
 * and {@code LADDER_REDIS_URL} name are used where they are set: their tables are emptied. Used by
 * one thread.
 */
final class Rig implements AutoCloseable {
  static final int USERS = 10_000;
  private static final int ORDERS_OF_EACH = 50;
  private static final int POOL_SIZE = 10;
  private static final Duration WAIT_MAX = Duration.ofSeconds(5);
  private static final Duration STATEMENT_MAX = Duration.ofMinutes(5);

  private final DataDirectory directory;
  private final EmbeddedServers servers;
  private final String databaseUrl;
  private final String redisUrl;
  private final Connection sql;
  private final RedisClient redisClient;
  private final RedisCommands<String, String> redis;

  private Rig(DataDirectory directory, EmbeddedServers servers) throws SQLException {
    this.directory = directory;
    this.servers = servers;
    this.databaseUrl = setting("LADDER_DATABASE_URL", servers.databaseUrl());
    this.redisUrl = setting("LADDER_REDIS_URL", servers.redisUrl());
    URI uri = URI.create(databaseUrl);
    String[] user = uri.getUserInfo().split(":", 2);
    this.sql =
        DriverManager.getConnection(
            "jdbc:postgresql://%s:%d%s".formatted(uri.getHost(), uri.getPort(), uri.getPath()),
            user[0],
            user[1]);
    this.redisClient = RedisClient.create(redisUrl);
    this.redis = redisClient.connect().sync();
  }

  private static String setting(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? otherwise : value;
  }

  /** Starts the servers below this folder, and makes the data. */
  static Rig open(Path path) throws IOException, InterruptedException, SQLException {
    Platform platform =
        new Platform(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("user.name"));
    DataDirectory directory = DataDirectory.open(path);
    boolean ownDatabase = System.getenv("LADDER_DATABASE_URL") == null;
    boolean ownRedis = System.getenv("LADDER_REDIS_URL") == null;
    EmbeddedServers servers =
        EmbeddedServers.start(
            path, platform, new Wanted(ownDatabase, false, ownRedis), Clock.system());
    Rig rig = new Rig(directory, servers);
    int _ = Migrations.migrate(DatabaseUrl.parse(rig.databaseUrl));
    rig.fill();
    return rig;
  }

  private void fill() throws SQLException {
    execute("DROP TABLE IF EXISTS outbox");
    execute("TRUNCATE users, orders, api_keys, audit_log, deliveries, dead_letters CASCADE");
    execute(
        """
        CREATE TABLE outbox (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          event_id uuid NOT NULL, user_id bigint NOT NULL, detail jsonb NOT NULL)
        """);
    execute("ALTER TABLE users ALTER COLUMN id RESTART");
    execute(
        """
        INSERT INTO users (email, name)
        SELECT 'user' || i || '@example.com', 'User ' || i FROM generate_series(1, %d) AS i
        """
            .formatted(USERS));
    // 7919 is prime: a user's orders are spread over the table.
    execute(
        """
        INSERT INTO orders (user_id, item, quantity, unit_price_cents, created_at)
        SELECT 1 + (i * 7919::bigint) %% %d, 'item ' || i %% 1000, 1 + i %% 5, 100 + i %% 9900,
          now() - interval '1 year' + i * interval '6 seconds'
        FROM generate_series(1, %d) AS i
        """
            .formatted(USERS, USERS * ORDERS_OF_EACH));
    execute("VACUUM ANALYZE");
  }

  /** A fresh state for the next server: what another left is gone. */
  void reset() throws SQLException {
    String _ = redis.flushall();
    execute("TRUNCATE outbox, audit_log, deliveries, dead_letters, missed_invalidations");
    execute("DELETE FROM users WHERE id > %d".formatted(USERS));
    execute("VACUUM users");
    execute("CHECKPOINT");
  }

  void execute(String statement) throws SQLException {
    try (Statement s = sql.createStatement()) {
      s.execute(statement);
    }
  }

  /** The first column of the first row. */
  long number(String query) throws SQLException {
    try (Statement s = sql.createStatement();
        ResultSet row = s.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** A new API key, with the server's limit. */
  String key() {
    Connections.Options one = new Connections.Options(WAIT_MAX, 1, STATEMENT_MAX);
    try (Database database =
        Database.alone(
            Connections.unpooled("primary", DatabaseUrl.parse(databaseUrl), Target.PRIMARY, one),
            Clock.system())) {
      return new ApiKeys(database, new NoCache(), Duration.ZERO, Clock.system())
          .create("bench", null)
          .secret();
    }
  }

  /** Commands that Redis has run, those of scripts included. */
  long redisCommands() {
    return redis
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_commands_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  /** Transactions that PostgreSQL has ended; a query outside of one is one. */
  long transactions() throws SQLException {
    execute("SELECT pg_stat_clear_snapshot()");
    return number(
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname ="
            + " current_database()");
  }

  /** Sign-ups of which an effect is still to come, on the channel that is furthest behind. */
  long behind() throws SQLException {
    return number(
        """
        SELECT (SELECT count(*) FROM users WHERE id > %d)
          - (SELECT min((SELECT count(*) FROM deliveries d WHERE d.channel = c))
             FROM unnest(ARRAY['email', 'audit', 'slack']) AS c)
        """
            .formatted(USERS));
  }

  /** What a server reads from its environment: the peers' names, and Ladder's. */
  Map<String, String> settings(int port, boolean cacheOn, int limit, int seconds, Path data) {
    URI database = URI.create(databaseUrl);
    String[] user = database.getUserInfo().split(":", 2);
    RedisURI r = RedisURI.create(redisUrl);
    Map<String, String> all = new HashMap<>();
    all.put("BENCH_PORT", Integer.toString(port));
    all.put("BENCH_DB_HOST", database.getHost());
    all.put("BENCH_DB_PORT", Integer.toString(database.getPort()));
    all.put("BENCH_DB_NAME", database.getPath().substring(1));
    all.put("BENCH_DB_USER", user[0]);
    all.put("BENCH_DB_PASSWORD", user[1]);
    all.put("BENCH_POOL_SIZE", Integer.toString(POOL_SIZE));
    all.put("BENCH_REDIS_HOST", r.getHost());
    all.put("BENCH_REDIS_PORT", Integer.toString(r.getPort()));
    char[] password = r.getCredentialsProvider().resolveCredentials().block().getPassword();
    all.put("BENCH_REDIS_PASSWORD", password == null ? "" : new String(password));
    all.put("BENCH_CACHE", cacheOn ? "on" : "off");
    all.put("BENCH_CACHE_TTL", "300");
    all.put("BENCH_RATE_LIMIT", Integer.toString(limit));
    all.put("BENCH_RATE_WINDOW", Integer.toString(seconds));
    all.put("BENCH_DATA_DIR", data.toString());
    all.put("LADDER_PORT", Integer.toString(port));
    all.put("LADDER_ADMIN_PORT", "0");
    all.put("LADDER_DATABASE_URL", databaseUrl);
    all.put("LADDER_POOL_SIZE", Integer.toString(POOL_SIZE));
    all.put("LADDER_REDIS_URL", redisUrl);
    all.put("LADDER_RUNGS", cacheOn ? "all" : "pool,replica,background,limit");
    all.put("LADDER_CACHE_TTL", "300s");
    all.put("LADDER_RATE_LIMIT", "%d/%ds".formatted(limit, seconds));
    all.put("LADDER_DATA_DIR", data.toString());
    return all;
  }

  String postgresVersion() throws SQLException {
    return Long.toString(number("SHOW server_version_num"));
  }

  @Override
  public void close() throws SQLException {
    redisClient.shutdown();
    sql.close();
    servers.close();
    directory.close();
  }
}
