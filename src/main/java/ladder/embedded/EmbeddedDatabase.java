package ladder.embedded;

import java.nio.file.Path;
import ladder.DataDirectory;
import ladder.DataDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * The embedded database for a single command: that of a server which runs on the data directory,
 * or, when none does, one that runs for as long as the command.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private final String url;
  private final @Nullable DataDirectory data;
  private final @Nullable EmbeddedServers servers;

  private EmbeddedDatabase(
      String url, @Nullable DataDirectory data, @Nullable EmbeddedServers servers) {
    this.url = url;
    this.data = data;
    this.servers = servers;
  }

  /**
   * @throws DataDirectoryException when the directory can't be used
   * @throws EmbeddedException when the database can't be had
   */
  public static EmbeddedDatabase open(Path dataDir, Platform platform) {
    DataDirectory data;
    try {
      data = DataDirectory.open(dataDir);
    } catch (DataDirectoryException inUse) {
      String running =
          EmbeddedEnv.read(dataDir).map(EmbeddedEnv::databaseUrl).orElseThrow(() -> inUse);
      return new EmbeddedDatabase(running, null, null);
    }
    try {
      EmbeddedServers servers =
          EmbeddedServers.start(
              data.path(), platform, new EmbeddedServers.Wanted(true, false, false));
      String started = servers.databaseUrl();
      if (started == null) {
        throw new IllegalStateException("the database was wanted and is not there");
      }
      return new EmbeddedDatabase(started, data, servers);
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  public String url() {
    return url;
  }

  @Override
  public void close() {
    if (servers != null) {
      servers.close();
    }
    if (data != null) {
      data.close();
    }
  }
}
