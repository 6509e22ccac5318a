package ladder.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import ladder.failure.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
  @Test
  void refusesSystemsWithoutServersAndNamesTheWayOut() {
    Platform windows = new Platform("Windows 11", "amd64", "me");
    Platform riscv = new Platform("Linux", "riscv64", "me");
    for (Platform platform : List.of(windows, riscv)) {
      String message = assertThrows(StartupException.class, platform::postgresArchive).getMessage();
      assertTrue(message.contains("LADDER_DATABASE_URL"), message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, postgres-linux-x86_64.txz, redis-server-6.2.6-v5-linux-amd64",
    "Linux, aarch64, postgres-linux-arm_64.txz, redis-server-6.2.7-linux-arm64",
    "Mac OS X, x86_64, postgres-darwin-x86_64.txz, redis-server-6.2.6-v5-darwin-amd64",
    "Mac OS X, aarch64, postgres-darwin-arm_64.txz, redis-server-6.2.6-v5-darwin-arm64",
  })
  void namesTheResourcesOfTheSystem(String name, String arch, String archive, String redis) {
    Platform platform = new Platform(name, arch, "me");
    assertEquals(archive, platform.postgresArchive());
    assertEquals(redis, platform.redisProgram());
    URL resource = getClass().getClassLoader().getResource(redis);
    assertTrue(resource != null, "the library has " + redis);
  }

  @Test
  void refusesRootWhereNoWayOfLosingItWorks(@TempDir Path temp) {
    Platform root = new Platform("Linux", "amd64", "root");
    List<Unprivileged> ways = List.of(new Unprivileged(List.of("no-such-program"), 0));
    String message =
        assertThrows(
                StartupException.class,
                () -> Unprivileged.find(root, ways, List.of(temp), Path.of("/bin/true")))
            .getMessage();
    assertTrue(message.contains("run Ladder as another user"), message);
  }
}
