package ladder.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import ladder.failure.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path temp;

  @Test
  void refusesASecondLadderAndNamesTheFirst() {
    Path path = temp.resolve("data");
    try (DataDirectory first = DataDirectory.open(path)) {
      StartupException refused =
          assertThrows(StartupException.class, () -> DataDirectory.open(first.path()));
      assertEquals(
          ("Another Ladder (pid %d) uses the data directory %s: stop it,"
                  + " or set LADDER_DATA_DIR to another directory.")
              .formatted(ProcessHandle.current().pid(), path),
          refused.getMessage());
    }
  }

  @Test
  void refusesAPathThatIsAFile() throws Exception {
    Path file = Files.createFile(temp.resolve("data"));
    StartupException refused = assertThrows(StartupException.class, () -> DataDirectory.open(file));
    assertTrue(refused.getMessage().contains("set LADDER_DATA_DIR"), refused.getMessage());
  }

  @Test
  void refusesADirectoryThatCantBeWritten() {
    StartupException refused =
        assertThrows(
            StartupException.class, () -> DataDirectory.open(Path.of("/proc/ladder/data")));
    assertTrue(refused.getMessage().contains("cannot be written"), refused.getMessage());
  }

  @Test
  void makesTheDirectoryForItsOwnerAloneAndWritesItsPid() throws Exception {
    Path path = temp.resolve("a/b/data");
    try (DataDirectory _ = DataDirectory.open(path)) {
      assertEquals("rwx------", mode(path));
      assertEquals(
          Long.toString(ProcessHandle.current().pid()),
          Files.readString(path.resolve("ladder.lock")));
    }
  }

  @Test
  void closesAnEmptyDirectoryToOthers() throws Exception {
    Path path = open("rwxr-xr-x", "data");
    DataDirectory.open(path).close();
    assertEquals("rwx------", mode(path));
  }

  @Test
  void closesTheDirectoryOfAnEarlierLadderToOthers() throws Exception {
    Path path = temp.resolve("data");
    DataDirectory.open(path).close();
    Files.createFile(path.resolve("journal"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwx--x"));
    DataDirectory.open(path).close();
    assertEquals("rwx------", mode(path));
  }

  @Test
  void refusesADirectoryOfOtherFilesThatIsOpenToOthersAndLeavesItsMode() throws Exception {
    Path path = open("rwxr-xr-x", "home");
    Files.createFile(path.resolve("letter"));
    StartupException refused = assertThrows(StartupException.class, () -> DataDirectory.open(path));
    assertEquals(
        ("The data directory %s is open to other users (rwxr-xr-x): chmod 700 it,"
                + " or set LADDER_DATA_DIR to a directory below it.")
            .formatted(path),
        refused.getMessage());
    assertEquals("rwxr-xr-x", mode(path));
    assertFalse(Files.exists(path.resolve("ladder.lock")));
  }

  private Path open(String mode, String name) throws IOException {
    Path path = Files.createDirectory(temp.resolve(name));
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void opensAgainAfterItWasClosed() {
    Path path = temp.resolve("data");
    DataDirectory.open(path).close();
    DataDirectory second = DataDirectory.open(path);
    second.close();
    second.close();
    assertTrue(Files.exists(path.resolve("ladder.lock")));
  }
}
