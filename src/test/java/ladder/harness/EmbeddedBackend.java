package ladder.harness;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import ladder.embedded.EmbeddedServers;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.embedded.Platform;
import ladder.time.Clock;

/** The servers that the jar carries, on a directory that goes with them. */
final class EmbeddedBackend implements TestServers.Backend {
  private final Path directory;
  private final EmbeddedServers servers;

  EmbeddedBackend(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Platform platform =
        new Platform(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("user.name"));
    this.servers =
        EmbeddedServers.start(directory, platform, new Wanted(true, true, true), Clock.system());
  }

  @Override
  public String databaseUrl() {
    return requireNonNull(servers.databaseUrl());
  }

  @Override
  public String replicaUrl() {
    return requireNonNull(servers.replicaUrl());
  }

  @Override
  public String redisUrl() {
    return requireNonNull(servers.redisUrl());
  }

  @Override
  public void close() {
    servers.close();
    TestServers.deleteTree(directory);
  }
}
