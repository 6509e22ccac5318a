package ladder.embedded;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One start, in two steps of which each does all it can side by side: programs and files, then the
 * servers. Whatever it starts it hands to {@link Running} first. Used once, by one thread.
 */
final class Starter {
  private static final Logger log = LoggerFactory.getLogger(Starter.class);

  /** From a standby's start to its first record: its primary starts meanwhile, and may recover. */
  private static final Duration STREAM_WAIT_MAX = Duration.ofSeconds(15);

  private static final String PRIMARY = "PostgreSQL's primary";
  private static final String STANDBY = "PostgreSQL's standby";

  private final Path dataDir;
  private final Path home;
  private final Platform platform;
  private final EmbeddedServers.Wanted wanted;
  private final List<Unprivileged> ways;
  private final Running running;
  private final Binaries binaries;

  Starter(
      Path dataDir,
      Platform platform,
      EmbeddedServers.Wanted wanted,
      List<Unprivileged> ways,
      Running running) {
    this.dataDir = dataDir.toAbsolutePath().normalize();
    this.home = this.dataDir.resolve("embedded");
    this.platform = platform;
    this.wanted = wanted;
    this.ways = ways;
    this.running = running;
    this.binaries = new Binaries(home.resolve("bin"));
  }

  /** Where the servers answer; null for what isn't there. */
  record Urls(@Nullable String database, @Nullable String replica, @Nullable String redis) {}

  /** PostgreSQL's programs, how to run them and its files, once all three are ready. */
  private record Postgres(Path programs, Unprivileged shell, PostgresFiles files) {}

  Urls start() throws IOException {
    Files.createDirectories(home);
    String password = PrivateFile.secret(home.resolve("password"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<@Nullable Postgres> postgres =
          threads.submit(() -> wanted.postgres() ? preparePostgres(password) : null);
      Future<@Nullable Path> redis =
          threads.submit(() -> wanted.redis() ? binaries.redis(platform) : null);
      return start(threads, password, await(postgres), await(redis));
    }
  }

  private Postgres preparePostgres(String password) throws IOException {
    Path programs = binaries.postgres(platform);
    Unprivileged shell =
        Unprivileged.find(platform, ways, List.of(dataDir, home), programs.resolve("postgres"));
    PostgresFiles files = new PostgresFiles(home, programs, shell, password);
    Postgres postgres = new Postgres(programs, shell, files);
    // Files are only made and copied while nothing runs on them.
    primary(postgres, 0).stopLeftover();
    standby(postgres, 0).stopLeftover();
    files.createPrimary();
    if (wanted.replica()) {
      files.createStandby();
    }
    return postgres;
  }

  private Urls start(
      ExecutorService threads,
      String password,
      @Nullable Postgres postgres,
      @Nullable Path redisProgram)
      throws IOException {
    int[] ports = freePorts(3);
    Future<?> primaryStart = null;
    Future<Boolean> standbyStart = null;
    Future<?> redisStart = null;
    if (postgres != null) {
      postgres.files().configurePrimary(ports[0]);
      PostgresServer primary = primary(postgres, ports[0]);
      running.add(primary);
      primaryStart = threads.submit(primary::start);
    }
    if (postgres != null && wanted.replica()) {
      postgres.files().configureStandby(ports[1], ports[0]);
      PostgresServer standby = standby(postgres, ports[1]);
      standbyStart = threads.submit(() -> startStandby(standby, postgres.files()));
    }
    if (redisProgram != null) {
      RedisServer redis =
          new RedisServer(
              redisProgram,
              home.resolve("redis"),
              new LogFile(home.resolve("redis.log")),
              ports[2],
              password);
      running.add(redis);
      redisStart = threads.submit(redis::start);
    }
    if (primaryStart != null) {
      await(primaryStart);
    }
    boolean replica = standbyStart != null && await(standbyStart);
    if (redisStart != null) {
      await(redisStart);
    }
    String postgresUrl = "postgres://ladder:%s@127.0.0.1:%d/ladder";
    return new Urls(
        postgres == null ? null : postgresUrl.formatted(password, ports[0]),
        replica ? postgresUrl.formatted(password, ports[1]) : null,
        redisStart == null ? null : "redis://:%s@127.0.0.1:%d".formatted(password, ports[2]));
  }

  private PostgresServer primary(Postgres postgres, int port) {
    return new PostgresServer(
        PRIMARY,
        postgres.programs(),
        postgres.files().primary(),
        new LogFile(home.resolve("primary.log")),
        port,
        postgres.shell());
  }

  private PostgresServer standby(Postgres postgres, int port) {
    return new PostgresServer(
        STANDBY,
        postgres.programs(),
        postgres.files().standby(),
        new LogFile(home.resolve("standby.log")),
        port,
        postgres.shell());
  }

  /** Reads can do without it, so its failure is told and kept from the rest. */
  private boolean startStandby(PostgresServer standby, PostgresFiles files) {
    try {
      standby.start();
      if (standby.streams(STREAM_WAIT_MAX)) {
        running.add(standby);
        return true;
      }
      log.warn(
          "{} does not follow the primary: going on without it, to be made anew at the next start: see {}",
          STANDBY,
          home.resolve("standby.log"));
    } catch (EmbeddedException e) {
      log.warn(
          "{} did not start: going on without it, to be made anew at the next start: {}",
          STANDBY,
          e.detail());
    }
    files.markStandbyBroken();
    standby.stop();
    return false;
  }

  /** All are held at once, so that no two are the same, and let go for the servers to take. */
  private static int[] freePorts(int count) throws IOException {
    ServerSocket[] sockets = new ServerSocket[count];
    int[] ports = new int[count];
    try {
      for (int i = 0; i < count; i++) {
        sockets[i] = new ServerSocket(0, 1, Inet4Address.ofLiteral("127.0.0.1"));
        ports[i] = sockets[i].getLocalPort();
      }
    } finally {
      for (ServerSocket socket : sockets) {
        if (socket != null) {
          socket.close();
        }
      }
    }
    return ports;
  }

  private static <T extends @Nullable Object> T await(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("Interrupted while the embedded servers started.", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
