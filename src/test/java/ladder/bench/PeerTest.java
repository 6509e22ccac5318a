package ladder.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of peers, and what is counted of one. */
class PeerTest {
  @TempDir private Path home;

  private List<Peer> read(String list) throws IOException {
    return Peer.read(Files.writeString(home.resolve("peers"), list));
  }

  @Test
  void readsWhatALineSays() throws IOException {
    Peer peer =
        read("# comment\n\n"
                + "own | ../x | out/a.jar | MODE=fast java -Da=b -jar out/a.jar | plain,cached")
            .getFirst();
    assertEquals("own", peer.name());
    assertEquals(home.resolveSibling("x"), peer.folder());
    assertEquals(home.resolveSibling("x").resolve("out/a.jar"), peer.deployed());
    assertEquals(Map.of("MODE", "fast"), peer.environment());
    assertEquals(List.of("java", "-Da=b", "-jar", "out/a.jar"), peer.command());
    assertEquals(Set.of(Trial.PLAIN, Trial.CACHED), peer.tests());
  }

  @Test
  void refusesWhatIsNoLineOfAPeer() {
    for (String bad : List.of("one", "a | b | c", "a | b | c | d | plain | f")) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> read(bad))
              .getMessage()
              .contains("name | folder | deployed | command"));
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> read("a | b | c | d | fast"))
            .getMessage();
    assertEquals(
        "There is no test fast: use one of plain, cached, uncached, orders, signup.", message);
  }

  @Test
  void countsItsOwnLinesOfCodeAlone() throws IOException {
    Path folder = Files.createDirectories(home.resolve("a"));
    Files.writeString(
        Files.createDirectories(folder.resolve("src")).resolve("A.java"),
        "package a;\n\nimport b.C;\n\n/** Doc. */\nclass A {\n  // comment\n  int a;\n}\n");
    Files.writeString(
        Files.createDirectories(folder.resolve("target")).resolve("B.java"), "class B {}\n");
    Files.writeString(folder.resolve("a.jar"), "12345");
    Peer peer = read("a | a | a.jar | java -jar a.jar").getFirst();
    assertEquals(3, peer.linesOfCode());
    assertEquals(5, peer.deployedBytes());
  }

  @Test
  void everyPeerOfTheListHasItsFolder() throws IOException {
    Set<String> names = new HashSet<>();
    for (Peer peer : Peer.read(Path.of("src", "bench", "peers"))) {
      assertTrue(names.add(peer.name()), peer.name());
      assertTrue(Files.isDirectory(peer.folder()), peer.folder().toString());
    }
    assertTrue(names.containsAll(Set.of("ladder", "vertx", "bare")));
  }
}
