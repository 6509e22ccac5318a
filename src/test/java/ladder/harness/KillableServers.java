package ladder.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ladder.embedded.SecondStandby;
import ladder.harness.ServerPids.Server;
import org.jspecify.annotations.Nullable;

/**
 * A primary, a standby and a Redis for tests that kill them; started when the first asks, stopped
 * when the JVM ends. Whoever killed one lets it come back before the next test.
 *
 * <p>A killed server would be started again at once by those who look after it. So its program is
 * moved away first, which keeps it down, and moved back to end the outage.
 */
public final class KillableServers {
  private static final Duration BACK_WAIT_MAX = Duration.ofSeconds(30);

  private static final class Holder {
    static final KillableServers SHARED = new KillableServers();
  }

  private final Path directory =
      Path.of("target", "killable-servers-" + ProcessHandle.current().pid()).toAbsolutePath();
  private final EmbeddedBackend backend = new EmbeddedBackend(directory);
  private final ServerPids pids = new ServerPids(directory);
  private @Nullable SecondStandby second;

  private KillableServers() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-killable-servers"));
  }

  private synchronized void close() {
    if (second != null) {
      second.close();
    }
    backend.close();
  }

  /** A standby more, made when it is first asked for. It goes with the others. */
  public synchronized SecondStandby secondStandby() {
    if (second == null) {
      try {
        second =
            SecondStandby.start(
                directory.resolve("embedded"), databaseUrl(), directory.resolve("second/standby"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
    return second;
  }

  public static KillableServers shared() {
    return Holder.SHARED;
  }

  public String databaseUrl() {
    return backend.databaseUrl();
  }

  public String replicaUrl() {
    return backend.replicaUrl();
  }

  public String redisUrl() {
    return backend.redisUrl();
  }

  /** Of both standbys, as a setting names several hosts. */
  public String replicaUrls() {
    return replicaUrl()
        .replaceFirst(
            "@[^/]*", "$0," + URI.create(secondStandby().url()).getAuthority().split("@", 2)[1]);
  }

  /** What makes a Ladder use them, and more. */
  public Map<String, String> settings(String... namesAndValues) {
    Map<String, String> settings = new HashMap<>();
    settings.put("LADDER_DATABASE_URL", backend.databaseUrl());
    settings.put("LADDER_REPLICA_URL", backend.replicaUrl());
    settings.put("LADDER_REDIS_URL", backend.redisUrl());
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return settings;
  }

  /** {@code kill -9} for good. */
  public void killForGood(Server server) {
    move(program(server), away(server));
    pids.kill(server);
  }

  /** Ends the outage; returns when the server runs. */
  public void letBack(Server server) {
    move(away(server), program(server));
    Await.until(server + " is back", BACK_WAIT_MAX, () -> pids.find(server).isPresent());
  }

  /** Stops it in its tracks: it neither answers nor refuses. */
  public void freeze(Server server) {
    withItsProcesses(server).forEach(process -> ServerPids.signal(process, "STOP"));
  }

  public void thaw(Server server) {
    withItsProcesses(server).forEach(process -> ServerPids.signal(process, "CONT"));
  }

  private List<ProcessHandle> withItsProcesses(Server server) {
    ProcessHandle process = pids.find(server).orElseThrow();
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }

  private Path away(Server server) {
    Path program = program(server);
    return program.resolveSibling(program.getFileName() + ".away");
  }

  /** The one that starts it: for PostgreSQL this is not the one that runs. */
  private Path program(Server server) {
    boolean redis = server == Server.REDIS;
    try (Stream<Path> versions = Files.list(directory.resolve("embedded/bin"))) {
      return versions
          .filter(v -> v.getFileName().toString().startsWith(redis ? "redis-" : "postgresql-"))
          .map(v -> v.resolve(redis ? "redis-server" : "bin/pg_ctl"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Both PostgreSQL servers have one program: the second finds it moved. */
  private static void move(Path from, Path to) {
    try {
      if (Files.exists(from)) {
        Files.move(from, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
