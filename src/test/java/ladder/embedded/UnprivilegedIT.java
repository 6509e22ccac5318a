package ladder.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.harness.Connect;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

/** Root, where user namespaces are forbidden as in many containers. */
class UnprivilegedIT {
  @Test
  void rootRunsPostgresAsNobodyWhereItMayNotMakeANamespace() throws Exception {
    assumeTrue(Here.PLATFORM.root(), "runs as root only");
    List<Unprivileged> asNobody = Unprivileged.WAYS.subList(1, Unprivileged.WAYS.size());
    Path data = Files.createTempDirectory("ladder-nobody");
    try {
      Wanted wanted = new Wanted(true, true, false);
      try (EmbeddedServers servers =
          EmbeddedServers.start(data, Here.PLATFORM, wanted, Clock.system(), asNobody)) {
        assertEquals("1", Connect.query(servers.databaseUrl(), "SELECT 1"));
        assertEquals("1", Connect.query(servers.replicaUrl(), "SELECT 1"));
      }
      // The files change hands when the next start finds another way.
      try (EmbeddedServers servers =
          EmbeddedServers.start(data, Here.PLATFORM, wanted, Clock.system())) {
        assertEquals("1", Connect.query(servers.databaseUrl(), "SELECT 1"));
        assertEquals("1", Connect.query(servers.replicaUrl(), "SELECT 1"));
      }
    } finally {
      Binaries.deleteTree(data);
    }
  }
}
