package ladder.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes of the embedded servers under a data directory, found by their pid files and
 * believed only when their arguments name that directory.
 */
public record ServerPids(Path dataDir) {
  private static final Duration END_WAIT_MAX = Duration.ofSeconds(20);

  /** An embedded server, by its directory and pid file. */
  public enum Server {
    PRIMARY("primary/postmaster.pid"),
    STANDBY("standby/postmaster.pid"),
    REDIS("redis/redis.pid");

    private final String pidFile;

    Server(String pidFile) {
      this.pidFile = pidFile;
    }
  }

  public ServerPids {
    dataDir = dataDir.toAbsolutePath();
  }

  /** The running process; empty when there is none. */
  public Optional<ProcessHandle> find(Server server) {
    try (Stream<String> lines = Files.lines(dataDir.resolve("embedded").resolve(server.pidFile))) {
      long pid = Long.parseLong(lines.findFirst().orElse("").strip());
      return ProcessHandle.of(pid).filter(ServerPids::alive).filter(this::ours);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** All running servers with the processes that they forked. */
  public List<ProcessHandle> all() {
    List<ProcessHandle> found = new ArrayList<>();
    for (Server server : Server.values()) {
      find(server)
          .ifPresent(
              process -> {
                process.descendants().forEach(found::add);
                found.add(process);
              });
    }
    return found;
  }

  /** Sends a signal such as {@code "KILL"} to a running server. */
  public void signal(Server server, String signal) {
    signal(find(server).orElseThrow(() -> new AssertionError(server + " does not run")), signal);
  }

  /** {@code kill -9}; returns when the server is gone. */
  public void kill(Server server) {
    ProcessHandle process = find(server).orElseThrow();
    signal(process, "KILL");
    Await.until(server + " is gone", END_WAIT_MAX, () -> !alive(process));
  }

  /** Ends whatever a killed Ladder left behind. */
  public void stopAll() {
    List<ProcessHandle> left = all();
    for (Server server : Server.values()) {
      // A stopped process hears of nothing but SIGKILL until it goes on.
      find(server).ifPresent(process -> signal(process, "CONT"));
      find(server).ifPresent(process -> signal(process, server == Server.REDIS ? "KILL" : "QUIT"));
    }
    for (ProcessHandle process : left) {
      Await.until("the end of " + process.pid(), END_WAIT_MAX, () -> !alive(process));
    }
  }

  /** A zombie that nobody collects has ended, too. */
  public static boolean alive(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return !stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return process.isAlive();
    }
  }

  /** Sends a signal that the JDK has no method for. */
  public static void signal(ProcessHandle process, String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
              .redirectErrorStream(true)
              .start();
      if (!kill.waitFor(END_WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("kill does not end");
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private boolean ours(ProcessHandle process) {
    return process
        .info()
        .arguments()
        .map(arguments -> String.join(" ", arguments).contains(dataDir + "/"))
        .orElse(false);
  }
}
