package ladder.tools.climb;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import ladder.Config;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.embedded.EmbeddedServers;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.embedded.Platform;
import ladder.failure.StartupException;
import ladder.files.DataDirectory;
import ladder.keys.ApiKeys;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL and Redis of a climb, on a directory of its own. The data are made once: a mark in the
 * directory, written last, says that they are complete; without it what is there is deleted and
 * made anew. A directory that a climb did not make is left alone. Used by one thread.
 */
final class Scratch implements AutoCloseable {
  private static final String MARK = "climb.scratch";
  private static final String MAKING = "making";

  /** An index over all orders, on a slow disk. */
  private static final Duration STATEMENT_MAX = Duration.ofMinutes(10);

  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /** Between two batches an interrupt is noticed. */
  private static final long BATCH = 250_000;

  private final DataDirectory directory;
  private final EmbeddedServers servers;
  private final Database database;
  private final Scale scale;
  private final Clock clock;

  private Scratch(DataDirectory directory, EmbeddedServers servers, Scale scale, Clock clock) {
    this.directory = directory;
    this.servers = servers;
    this.scale = scale;
    this.clock = clock;
    this.database = database(servers, clock);
  }

  private static Database database(EmbeddedServers servers, Clock clock) {
    DatabaseUrl url = DatabaseUrl.parse(requireNonNull(servers.databaseUrl()));
    Connections.Options options = new Connections.Options(CONNECT_MAX, 1, STATEMENT_MAX);
    Connections primary = Connections.unpooled(url, Target.PRIMARY, options);
    return new Database(primary, null, Duration.ZERO, clock);
  }

  /**
   * Starts the servers, with the data in them.
   *
   * @throws StartupException when the directory is somebody else's, the disk too small, or a server
   *     does not start
   */
  static Scratch open(Path path, Scale scale, Progress progress, Clock clock)
      throws IOException, InterruptedException {
    check(path, scale);
    Config config = Config.from(Map.of("LADDER_DATA_DIR", path.toString()));
    Platform platform =
        new Platform(
            String.valueOf(config.machine().get("os.name")),
            String.valueOf(config.machine().get("os.arch")),
            String.valueOf(config.machine().get("user.name")));
    DataDirectory directory = DataDirectory.open(path);
    EmbeddedServers servers = null;
    try {
      if (!complete(path, scale)) {
        make(path, scale, platform, progress, clock);
      }
      progress.step("starting PostgreSQL, its replica and Redis");
      servers = EmbeddedServers.start(path, platform, new Wanted(true, true, true), clock);
      if (servers.replicaUrl() == null) {
        throw new StartupException(
            "The replica does not start: remove %s and climb again.".formatted(path));
      }
      Scratch scratch = new Scratch(directory, servers, scale, clock);
      scratch.restore();
      return scratch;
    } catch (Throwable e) { // whatever it is, nothing must be left running
      if (servers != null) {
        servers.close();
      }
      directory.close();
      throw e;
    }
  }

  private static void check(Path path, Scale scale) throws IOException {
    Path existing = path.toAbsolutePath();
    boolean ours = Files.exists(path.resolve(MARK));
    if (Files.isDirectory(path) && !ours) {
      try (Stream<Path> files = Files.list(path)) {
        if (files.findAny().isPresent()) {
          throw new StartupException(
              "%s holds files that no climb made: name another directory with --dir."
                  .formatted(path));
        }
      }
    }
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    long free = Files.getFileStore(requireNonNull(existing)).getUsableSpace();
    long needed = complete(path, scale) ? scale.bytes() / 4 : scale.bytes();
    if (free < needed) {
      throw new StartupException(
          "A climb needs %.1f GB and %s has %.1f GB free: free some, use --dir or --small."
              .formatted(needed / 1e9, existing, free / 1e9));
    }
  }

  private static boolean complete(Path path, Scale scale) throws IOException {
    Path mark = path.resolve(MARK);
    return Files.exists(mark) && Files.readString(mark).equals(scale.mark());
  }

  private static void mark(Path path, String text) throws IOException {
    Path fresh = Files.writeString(path.resolve(MARK + ".new"), text);
    Files.move(fresh, path.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
  }

  /** On the primary alone, whose files the standby is copied from afterwards. */
  private static void make(
      Path path, Scale scale, Platform platform, Progress progress, Clock clock)
      throws IOException, InterruptedException {
    Wanted wanted = new Wanted(true, false, true);
    Path home = path.resolve("embedded");
    if (Files.exists(home.resolve("primary"))) {
      // Stops what an earlier climb may have left running on the files.
      EmbeddedServers.start(path, platform, wanted, clock).close();
    }
    mark(path, MAKING);
    for (String old : new String[] {"primary", "standby", "redis"}) {
      delete(home.resolve(old));
    }
    try (EmbeddedServers servers = EmbeddedServers.start(path, platform, wanted, clock);
        Database database = database(servers, clock)) {
      int _ = Migrations.migrate(DatabaseUrl.parse(requireNonNull(servers.databaseUrl())));
      fill(database, scale, progress);
    }
    mark(path, scale.mark());
  }

  private static void fill(Database database, Scale scale, Progress progress)
      throws InterruptedException {
    progress.step("making %,d users".formatted(scale.users()));
    run(
        database,
        """
        INSERT INTO users (email, name)
        SELECT 'user' || i || '@example.com', 'User ' || i FROM generate_series(1, %d) AS i
        """
            .formatted(scale.users()));
    // Both are checked and built at the end, in one pass each.
    run(database, "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey");
    run(database, "DROP INDEX orders_user");
    for (long done = 0; done < scale.orders(); done += BATCH) {
      long last = Math.min(scale.orders(), done + BATCH);
      progress.note("making orders: %,d of %,d".formatted(last, scale.orders()));
      // 7919 is prime: a user's orders are spread over the table, as they are in life.
      run(
          database,
          """
          INSERT INTO orders (user_id, item, quantity, unit_price_cents, created_at)
          SELECT 1 + (i * 7919::bigint) %% %d, 'item ' || i %% 1000, 1 + i %% 5, 100 + i %% 9900,
            now() - interval '1 year' + i * interval '6 seconds'
          FROM generate_series(%d, %d) AS i
          """
              .formatted(scale.users(), done + 1, last));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    progress.note("indexing the orders");
    run(database, CREATE_INDEX);
    run(
        database,
        """
        ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        """);
    vacuum(database);
  }

  /** As in {@code sql/V1__users_and_orders.sql}. */
  private static final String CREATE_INDEX =
      "CREATE INDEX IF NOT EXISTS orders_user ON orders (user_id, id DESC)";

  void createIndex() {
    run(database, CREATE_INDEX);
    replicate();
  }

  void dropIndex() {
    run(database, "DROP INDEX IF EXISTS orders_user");
    replicate();
  }

  /** From now on an audit record takes so long, as if it were kept elsewhere. */
  void slowAudit(Duration delay) {
    run(
        database,
        """
        CREATE OR REPLACE FUNCTION climb_slow_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(%s); RETURN NULL; END $$
        """
            .formatted(delay.toMillis() / 1e3));
    run(
        database,
        """
        CREATE OR REPLACE TRIGGER climb_slow_audit AFTER INSERT ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION climb_slow_audit()
        """);
    replicate();
  }

  /** Undoes what the cases, or a climb that was interrupted, changed. */
  void restore() {
    run(database, "DROP TRIGGER IF EXISTS climb_slow_audit ON audit_log");
    createIndex();
    run(database, "DELETE FROM orders WHERE id > %d".formatted(scale.orders()));
    run(database, "DELETE FROM users WHERE id > %d".formatted(scale.users()));
    run(database, "TRUNCATE audit_log, deliveries, dead_letters");
    vacuum(database);
    replicate();
  }

  private static void vacuum(Database database) {
    // Not in a transaction, as VACUUM asks.
    int _ = database.readPrimary(tx -> tx.update("VACUUM ANALYZE users, orders"));
  }

  /** Returns when the replica has what was committed. */
  private void replicate() {
    run(
        database,
        """
        DO $$ DECLARE target pg_lsn := pg_current_wal_lsn(); BEGIN
          WHILE EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn < target) LOOP
            PERFORM pg_sleep(0.02);
          END LOOP;
        END $$
        """);
  }

  private static void run(Database database, String sql) {
    int _ = database.write(tx -> tx.update(sql));
  }

  /** The first column of the first row, as text. */
  String text(String sql) {
    return database.readPrimary(tx -> tx.first(sql, row -> row.getString(1))).orElseThrow();
  }

  /** A new API key. */
  String key(@Nullable Integer perMinute) {
    return new ApiKeys(database, Duration.ZERO, clock).create("climb", perMinute).secret();
  }

  /** What a node needs to use these servers. */
  Map<String, String> settings() {
    return Map.of(
        "LADDER_DATABASE_URL", databaseUrl(),
        "LADDER_REPLICA_URL", requireNonNull(servers.replicaUrl()),
        "LADDER_REDIS_URL", redisUrl());
  }

  String databaseUrl() {
    return requireNonNull(servers.databaseUrl());
  }

  String redisUrl() {
    return requireNonNull(servers.redisUrl());
  }

  /** An empty directory for a node. */
  Path nodeDirectory(int port) throws IOException {
    Path path = directory.path().resolve("nodes").resolve(Integer.toString(port));
    delete(path);
    return path;
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() {
    database.close();
    servers.close();
    directory.close();
  }
}
