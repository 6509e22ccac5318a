package ladder.tools.climb;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ladder.Config;
import ladder.cache.NoCache;
import ladder.db.Database;
import ladder.embedded.EmbeddedServers;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.embedded.Platform;
import ladder.failure.StartupException;
import ladder.files.DataDirectory;
import ladder.keys.ApiKeys;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL and Redis of a climb, on a directory of its own. A directory that a climb did not make
 * is left alone. Used by one thread.
 */
final class Scratch implements AutoCloseable {
  private final DataDirectory directory;
  private final EmbeddedServers servers;
  private final Database database;
  private final Database replica;
  private final Scale scale;
  private final Clock clock;

  private Scratch(DataDirectory directory, EmbeddedServers servers, Scale scale, Clock clock) {
    this.directory = directory;
    this.servers = servers;
    this.scale = scale;
    this.clock = clock;
    this.database = ScratchData.database(servers.databaseUrl(), clock);
    this.replica = ScratchData.database(servers.replicaUrl(), clock);
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
      if (!ScratchData.complete(path, scale)) {
        ScratchData.make(path, scale, platform, progress, clock);
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
    boolean ours = Files.exists(path.resolve(ScratchData.MARK));
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
    long needed = ScratchData.complete(path, scale) ? scale.bytes() / 4 : scale.bytes();
    if (free < needed) {
      throw new StartupException(
          "A climb needs %.1f GB and %s has %.1f GB free: free some, use --dir or --small."
              .formatted(needed / 1e9, existing, free / 1e9));
    }
  }

  void createIndex() {
    ScratchData.run(database, ScratchData.CREATE_INDEX);
    replicate();
  }

  /** Both servers have read the whole table when this returns: what is measured is no disk. */
  void dropIndex() {
    ScratchData.run(database, "DROP INDEX IF EXISTS orders_user");
    replicate();
    for (Database server : List.of(database, replica)) {
      // More rows than a user has, so that PostgreSQL reads on to the end.
      String page = "SELECT item FROM orders WHERE user_id = 1 ORDER BY id DESC LIMIT 100";
      var _ = server.readPrimary(tx -> tx.texts(page));
    }
  }

  /** From now on an audit record takes so long, as if it were kept elsewhere. */
  void slowAudit(Duration delay) {
    ScratchData.run(
        database,
        """
        CREATE OR REPLACE FUNCTION climb_slow_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(%s); RETURN NULL; END $$
        """
            .formatted(delay.toMillis() / 1e3));
    ScratchData.run(
        database,
        """
        CREATE OR REPLACE TRIGGER climb_slow_audit AFTER INSERT ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION climb_slow_audit()
        """);
    replicate();
  }

  /** Undoes what the cases, or a climb that was interrupted, changed. */
  void restore() {
    ScratchData.run(database, "DROP TRIGGER IF EXISTS climb_slow_audit ON audit_log");
    createIndex();
    ScratchData.run(database, "DELETE FROM orders WHERE id > %d".formatted(scale.orders()));
    ScratchData.run(database, "DELETE FROM users WHERE id > %d".formatted(scale.users()));
    ScratchData.run(database, "TRUNCATE audit_log, deliveries, dead_letters");
    ScratchData.vacuum(database);
    replicate();
  }

  /** Returns when the replica has what was committed. */
  private void replicate() {
    ScratchData.run(
        database,
        """
        DO $$ DECLARE target pg_lsn := pg_current_wal_lsn(); BEGIN
          WHILE EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn < target) LOOP
            PERFORM pg_sleep(0.02);
          END LOOP;
        END $$
        """);
  }

  /** The first column of the first row, as text. */
  String text(String sql) {
    return database.readPrimary(tx -> tx.first(sql, row -> row.getString(1))).orElseThrow();
  }

  /** A new API key. */
  String key(@Nullable Integer perMinute) {
    return new ApiKeys(database, new NoCache(), Duration.ZERO, clock)
        .create("climb", perMinute)
        .secret();
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
    ScratchData.delete(path);
    return path;
  }

  @Override
  public void close() {
    replica.close();
    database.close();
    servers.close();
    directory.close();
  }
}
