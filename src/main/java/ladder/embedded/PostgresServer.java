package ladder.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ladder.failure.StartupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running PostgreSQL, primary or standby, over a directory that {@link PostgresFiles} made. It
 * is started by {@code pg_ctl}, which puts it into a session of its own: a Ctrl-C in the terminal
 * reaches Ladder alone, which drains while its database still answers. It is no child of this
 * process; its {@code postmaster.pid} says which process it is.
 *
 * <p>Used by one thread at a time: the starter, then the supervisor, then the closer.
 */
final class PostgresServer implements Server {
  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);

  /** Recovery after a crash reads at most max_wal_size of log, then some. */
  private static final int START_SECONDS_MAX = 60;

  private static final Duration START_WAIT_MAX = Duration.ofSeconds(START_SECONDS_MAX + 5);

  /** A fast shutdown writes the buffers and a checkpoint. */
  private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(20);

  /** An immediate one only ends processes; recovery does the rest at the next start. */
  private static final Duration STOP_IMMEDIATE_WAIT_MAX = Duration.ofSeconds(5);

  /** Orphans of a killed server leave within moments of its death, and block a start till then. */
  private static final Duration ORPHAN_WAIT_MAX = Duration.ofSeconds(5);

  private final String name;
  private final Path programs;
  private final Path directory;
  private final LogFile logFile;
  private final int port;
  private final Unprivileged shell;
  private final Poll poll;
  private volatile @Nullable ProcessHandle process;
  private volatile long logStart;

  PostgresServer(
      String name,
      Path programs,
      Path directory,
      LogFile logFile,
      int port,
      Unprivileged shell,
      Poll poll) {
    this.name = name;
    this.programs = programs;
    this.directory = directory;
    this.logFile = logFile;
    this.port = port;
    this.shell = shell;
    this.poll = poll;
  }

  /** What {@code postmaster.pid} says: the process and its state, as in {@code "ready"}. */
  record PidFile(long pid, String status) {
    private static final int STATUS_LINE = 7;

    static Optional<PidFile> read(Path directory) {
      try {
        List<String> lines = Files.readAllLines(directory.resolve("postmaster.pid"));
        String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
        return Optional.of(new PidFile(Long.parseLong(lines.getFirst().strip()), status));
      } catch (IOException | NumberFormatException | java.util.NoSuchElementException e) {
        // Missing, or caught while it is being written: no server to speak of.
        return Optional.empty();
      }
    }
  }

  @Override
  public String name() {
    return name;
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
    try {
      stopLeftover();
      shell.own(directory);
      Command.Result first = launch();
      if (!first.ok() && !(orphansRemain() && poll.until(ORPHAN_WAIT_MAX, () -> launch().ok()))) {
        throw refused(first.output());
      }
    } catch (IOException | UncheckedIOException e) {
      throw refused(e.toString());
    }
    process =
        PidFile.read(directory)
            .flatMap(file -> ProcessHandle.of(file.pid()))
            .orElseThrow(() -> refused("no postmaster.pid"));
  }

  private Command.Result launch() {
    try {
      logStart = logFile.open();
      shell.own(logFile.path());
      return run("start", "-w", "-t", "" + START_SECONDS_MAX, "-l", logFile.path().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean orphansRemain() {
    return logFile.since(logStart).contains("shared memory block");
  }

  private StartupException refused(String output) {
    return new StartupException(
        "%s did not start: see %s, mend what it names, or set LADDER_DATABASE_URL."
            .formatted(name, logFile.path()),
        output + "\n" + logFile.since(logStart));
  }

  /** Whether a standby receives the primary's log, or began to within the bound. */
  boolean streams(Duration bound) {
    return poll.until(
        bound,
        () -> {
          boolean ready =
              PidFile.read(directory).filter(f -> f.status().equals("ready")).isPresent();
          return ready && logFile.since(logStart).contains("started streaming WAL");
        });
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

  /** Stops a server that runs on our directory; makes way where its pid is somebody else's now. */
  void stopLeftover() {
    Optional<PidFile> file = PidFile.read(directory);
    if (file.isEmpty()) {
      return;
    }
    switch (ServerProcess.identify(file.get().pid(), "postgres", directory)) {
      case ServerProcess.Ours(ProcessHandle handle) -> {
        log.info("{} was left running (pid {}): stopping it", name, handle.pid());
        end(handle);
      }
      case ServerProcess.Another _, ServerProcess.Gone _ -> {
        // PostgreSQL only asks whether the pid exists, as a stranger's and a zombie's does, and
        // would refuse to start. Orphans of the old server it finds by their shared memory.
        try {
          Files.deleteIfExists(directory.resolve("postmaster.pid"));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case ServerProcess.Unknown _ -> {}
    }
  }

  private void end(ProcessHandle handle) {
    run("stop", "-W", "-m", "fast");
    if (poll.until(STOP_WAIT_MAX, () -> !ServerProcess.alive(handle))) {
      return;
    }
    log.warn("{} did not stop within {} s: ending it", name, STOP_WAIT_MAX.toSeconds());
    run("stop", "-W", "-m", "immediate");
    if (!poll.until(STOP_IMMEDIATE_WAIT_MAX, () -> !ServerProcess.alive(handle))) {
      handle.destroyForcibly();
      boolean _ = poll.until(STOP_IMMEDIATE_WAIT_MAX, () -> !ServerProcess.alive(handle));
    }
  }

  private Command.Result run(String action, String... options) {
    List<String> command =
        shell.command(programs.resolve("pg_ctl").toString(), action, "-D", directory.toString());
    command.addAll(List.of(options));
    return Command.run(command, START_WAIT_MAX);
  }
}
