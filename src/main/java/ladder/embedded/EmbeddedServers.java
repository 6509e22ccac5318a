package ladder.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import ladder.failure.StartupException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The servers that run beside the jar when no URL names another: started side by side, watched
 * while they run, stopped together. They keep their files in {@code DATA/embedded}, which the
 * caller must hold alone.
 *
 * <p>Safe for use by several threads.
 */
public final class EmbeddedServers implements AutoCloseable {
  /** Which of the servers to start; a replica comes only with its primary. */
  public record Wanted(boolean postgres, boolean replica, boolean redis) {}

  private final Supervisor supervisor;
  private final Running running;
  private final Starter.Urls urls;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedServers(Supervisor supervisor, Running running, Starter.Urls urls) {
    this.supervisor = supervisor;
    this.running = running;
    this.urls = urls;
  }

  /**
   * Starts the servers on free ports of 127.0.0.1 and returns when they answer. A server that an
   * earlier Ladder left running on these files is stopped first. A standby that does not start
   * costs a warning and a null {@link #replicaUrl()}, and is made anew at the next start.
   *
   * @throws StartupException when primary or Redis does not start; nothing is left running then
   */
  public static EmbeddedServers start(Path dataDir, Platform platform, Wanted wanted, Clock clock) {
    return start(dataDir, platform, wanted, clock, Unprivileged.WAYS);
  }

  static EmbeddedServers start(
      Path dataDir, Platform platform, Wanted wanted, Clock clock, List<Unprivileged> ways) {
    Running running = new Running();
    Starter starter = new Starter(dataDir, platform, wanted, ways, running, clock);
    try {
      Starter.Urls urls = starter.start();
      Supervisor supervisor = new Supervisor();
      running.servers().forEach(supervisor::watch);
      return new EmbeddedServers(supervisor, running, urls);
    } catch (RuntimeException | Error e) {
      running.close();
      throw e;
    } catch (IOException e) {
      running.close();
      throw new StartupException(
          "The embedded servers' files can't be made in %s: free some space there, or %s."
              .formatted(dataDir, Platform.REMEDY),
          e);
    }
  }

  /** {@code postgres://ladder:PASSWORD@127.0.0.1:PORT/ladder}; null when it wasn't wanted. */
  public @Nullable String databaseUrl() {
    return urls.database();
  }

  /** The standby's, in the same form; null when it wasn't wanted or does not start. */
  public @Nullable String replicaUrl() {
    return urls.replica();
  }

  /** {@code redis://:PASSWORD@127.0.0.1:PORT}; null when it wasn't wanted. */
  public @Nullable String redisUrl() {
    return urls.redis();
  }

  /** Ends the supervision, then the servers, cleanly and within a bound; idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      supervisor.close();
      running.close();
    }
  }
}
