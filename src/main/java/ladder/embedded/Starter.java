package ladder.embedded;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.failure.StartupException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One start, in two steps of which each does all it can side by side: programs and files, then the
 * servers. Whatever it starts it hands to {@link Running} first. Used once, by one thread.
 */
final class Starter {
  private static final Logger log = LoggerFactory.getLogger(Starter.class);

  /** From both servers' start to the first record: the standby tries again every 200 ms. */
  private static final Duration STREAM_WAIT_MAX = Duration.ofSeconds(15);

  private static final String PRIMARY = "PostgreSQL's primary";
  private static final String STANDBY = "PostgreSQL's standby";

  private final Path dataDir;
  private final Path home;
  private final Platform platform;
  private final EmbeddedServers.Wanted wanted;
  private final List<Unprivileged> ways;
  private final Running running;
  private final Poll poll;
  private final Binaries binaries;

  Starter(
      Path dataDir,
      Platform platform,
      EmbeddedServers.Wanted wanted,
      List<Unprivileged> ways,
      Running running,
      Clock clock) {
    this.dataDir = dataDir.toAbsolutePath().normalize();
    this.home = this.dataDir.resolve("embedded");
    this.platform = platform;
    this.wanted = wanted;
    this.ways = ways;
    this.running = running;
    this.poll = new Poll(clock);
    this.binaries = new Binaries(home.resolve("bin"));
  }

  /** Where the servers answer; null for what isn't there. */
  record Urls(@Nullable String database, @Nullable String replica, @Nullable String redis) {}

  /** PostgreSQL's programs, how to run them and its files, once all three are ready. */
  private record Postgres(Path programs, Unprivileged shell, PostgresFiles files) {}

  Urls start() throws IOException {
    PrivateFile.directory(home);
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
    PostgresFiles files = new PostgresFiles(home, programs, shell, password, platform);
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
    PostgresServer standby = null;
    Future<?> standbyStart = null;
    Future<?> redisStart = null;
    if (postgres != null) {
      postgres.files().configurePrimary(ports[0]);
      primaryStart = launch(threads, primary(postgres, ports[0]));
    }
    if (postgres != null && wanted.replica()) {
      postgres.files().configureStandby(ports[1], ports[0]);
      standby = standby(postgres, ports[1]);
      standbyStart = launch(threads, standby);
    }
    if (redisProgram != null) {
      redisStart = launch(threads, redis(redisProgram, ports[2], password));
    }
    if (primaryStart != null) {
      await(primaryStart);
    }
    if (redisStart != null) {
      await(redisStart);
    }
    boolean replica =
        postgres != null
            && standby != null
            && standbyStart != null
            && follows(standby, standbyStart, postgres.files());
    String postgresUrl = "postgres://ladder:%s@127.0.0.1:%d/ladder";
    return new Urls(
        postgres == null ? null : postgresUrl.formatted(password, ports[0]),
        replica ? postgresUrl.formatted(password, ports[1]) : null,
        redisStart == null ? null : "redis://:%s@127.0.0.1:%d".formatted(password, ports[2]));
  }

  private Future<?> launch(ExecutorService threads, Server server) {
    running.add(server);
    return threads.submit(server::start);
  }

  private RedisServer redis(Path program, int port, String password) {
    LogFile log = new LogFile(home.resolve("redis.log"));
    return new RedisServer(program, home.resolve("redis"), log, port, password, poll);
  }

  private PostgresServer primary(Postgres postgres, int port) {
    return new PostgresServer(
        PRIMARY,
        postgres.programs(),
        postgres.files().primary(),
        new LogFile(home.resolve("primary.log")),
        port,
        postgres.shell(),
        poll);
  }

  private PostgresServer standby(Postgres postgres, int port) {
    return new PostgresServer(
        STANDBY,
        postgres.programs(),
        postgres.files().standby(),
        new LogFile(home.resolve("standby.log")),
        port,
        postgres.shell(),
        poll);
  }

  /** Reads can do without a standby, so its failure is logged and kept from the rest. */
  private boolean follows(PostgresServer standby, Future<?> start, PostgresFiles files)
      throws IOException {
    String trouble;
    try {
      await(start);
      if (standby.streams(STREAM_WAIT_MAX)) {
        return true;
      }
      trouble = "it does not follow the primary: see " + home.resolve("standby.log");
    } catch (StartupException e) {
      trouble = e.detail();
    }
    log.warn("Going on without {}, to be made anew at the next start: {}", STANDBY, trouble);
    files.markStandbyBroken();
    running.remove(standby);
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
      throw new StartupException("Interrupted while the embedded servers started.", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
