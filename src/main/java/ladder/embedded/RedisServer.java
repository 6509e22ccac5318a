package ladder.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import ladder.failure.StartupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running Redis with an append-only file. It daemonizes, which puts it into a session of its
 * own, out of reach of a Ctrl-C in the terminal; its pid file says which process it is. Its
 * settings, the password among them, stand in a file that only the owner reads.
 *
 * <p>Used by one thread at a time: the starter, then the supervisor, then the closer.
 */
final class RedisServer implements Server {
  private static final Logger log = LoggerFactory.getLogger(RedisServer.class);

  /** To daemonize, write the pid file and begin to listen. */
  private static final Duration PID_WAIT_MAX = Duration.ofSeconds(10);

  /** To read an append-only file of at most a few times maxmemory. */
  private static final Duration START_WAIT_MAX = Duration.ofSeconds(60);

  private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(10);
  private static final Duration KILL_WAIT_MAX = Duration.ofSeconds(5);
  private static final int PING_MILLIS_MAX = 1000;
  private static final String PROGRAM = "redis-server";

  private final Path program;
  private final Path directory;
  private final LogFile logFile;
  private final int port;
  private final String password;
  private final Poll poll;
  private volatile @Nullable ProcessHandle process;

  RedisServer(Path program, Path directory, LogFile logFile, int port, String password, Poll poll) {
    this.program = program;
    this.directory = directory;
    this.logFile = logFile;
    this.port = port;
    this.password = password;
    this.poll = poll;
  }

  @Override
  public String name() {
    return "Redis";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public boolean alive() {
    ProcessHandle handle = process;
    return handle != null && ServerProcess.alive(handle);
  }

  @Override
  public void start() {
    long logStart = 0;
    try {
      stopLeftover();
      PrivateFile.directory(directory);
      Files.deleteIfExists(pidFile());
      logStart = logFile.open();
      PrivateFile.write(configuration(), settings());
      Command.Result result =
          Command.run(List.of(program.toString(), configuration().toString()), PID_WAIT_MAX);
      if (!result.ok()) {
        throw refused(result.output(), logStart);
      }
    } catch (IOException e) {
      throw refused(e.toString(), logStart);
    }
    boolean _ = poll.until(PID_WAIT_MAX, () -> identify() instanceof ServerProcess.Ours);
    if (!(identify() instanceof ServerProcess.Ours(ProcessHandle handle))) {
      throw refused("", logStart);
    }
    process = handle;
    boolean _ = poll.until(START_WAIT_MAX, () -> !ServerProcess.alive(handle) || answers());
    if (!ServerProcess.alive(handle) || !answers()) {
      throw refused("", logStart);
    }
  }

  /**
   * Eviction takes what was used longest ago. A limiter's window is touched by each request of its
   * key, so it goes after every cached user that nobody reads; volatile-ttl would take the windows
   * first, for they live 60 s and cached users 300 s. The append-only file alone is the copy on
   * disk; a rewrite of it that fails (a full disk) must not stop the writes to memory.
   * set-proc-title is off because the arguments of the process prove which server it is.
   */
  private String settings() {
    return """
      bind 127.0.0.1
      port %d
      protected-mode yes
      requirepass %s
      daemonize yes
      set-proc-title no
      dir %s
      pidfile %s
      logfile %s
      save ""
      appendonly yes
      appendfsync everysec
      stop-writes-on-bgsave-error no
      maxmemory 256mb
      maxmemory-policy allkeys-lru
      maxmemory-samples 10
      """
        .formatted(port, password, quoted(directory), quoted(pidFile()), quoted(logFile.path()));
  }

  /** Between double quotes Redis reads a backslash as the start of an escape. */
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private StartupException refused(String output, long logStart) {
    return new StartupException(
        "Redis did not start: see %s, mend what it names or move %s away, or set LADDER_REDIS_URL."
            .formatted(logFile.path(), directory.resolve("appendonly.aof")),
        output + "\n" + (Files.exists(logFile.path()) ? logFile.since(logStart) : ""));
  }

  /** While it loads its file it accepts connections and answers with an error. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(Inet4Address.ofLiteral("127.0.0.1"), port), PING_MILLIS_MAX);
      socket.setSoTimeout(PING_MILLIS_MAX);
      socket
          .getOutputStream()
          .write("AUTH %s\r\nPING\r\n".formatted(password).getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String expected = "+OK\r\n+PONG\r\n";
      byte[] answer = in.readNBytes(expected.length());
      return new String(answer, StandardCharsets.US_ASCII).equals(expected);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void stop() {
    ProcessHandle handle = process;
    if (handle != null && ServerProcess.alive(handle)) {
      end(handle);
      return;
    }
    stopLeftover();
  }

  /** Stops a server that runs on our configuration. */
  void stopLeftover() {
    if (identify() instanceof ServerProcess.Ours(ProcessHandle handle)) {
      log.info("Redis was left running (pid {}): stopping it", handle.pid());
      end(handle);
    }
  }

  private ServerProcess identify() {
    try {
      long pid = Long.parseLong(Files.readString(pidFile()).strip());
      return ServerProcess.identify(pid, PROGRAM, configuration());
    } catch (java.nio.file.NoSuchFileException | NumberFormatException e) {
      return new ServerProcess.Gone();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM has Redis sync its file and leave. */
  private void end(ProcessHandle handle) {
    handle.destroy();
    if (!poll.until(STOP_WAIT_MAX, () -> !ServerProcess.alive(handle))) {
      log.warn("Redis did not stop within {} s: ending it", STOP_WAIT_MAX.toSeconds());
      handle.destroyForcibly();
      boolean _ = poll.until(KILL_WAIT_MAX, () -> !ServerProcess.alive(handle));
    }
  }

  private Path pidFile() {
    return directory.resolve("redis.pid");
  }

  private Path configuration() {
    return directory.resolve("redis.conf");
  }
}
