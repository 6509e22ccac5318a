package ladder.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ladder.failure.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEnvTest {
  /** What a shell would split, expand or end a quotation at. */
  private static final String HOSTILE = "it's $HOME `id` \\ \" 'a' '\\'' ; # !\n second line";

  @TempDir Path data;

  @Test
  void readsBackWhatItWroteWhateverTheCharacters() {
    EmbeddedEnv written = new EmbeddedEnv(HOSTILE, "", "redis://:p@127.0.0.1:1", "'");
    written.write(data);
    assertEquals(Optional.of(written), EmbeddedEnv.read(data));
  }

  @Test
  void leavesOutWhatIsNotSet() throws Exception {
    EmbeddedEnv written = new EmbeddedEnv("postgres://ladder", null, null, null);
    written.write(data);
    assertEquals(
        "export LADDER_DATABASE_URL='postgres://ladder'\n",
        Files.readString(data.resolve("embedded.env")));
    assertEquals(Optional.of(written), EmbeddedEnv.read(data));
  }

  @Test
  void meansTheSameToAShell() {
    new EmbeddedEnv(HOSTILE, null, null, null).write(data);
    Command.Result result =
        Command.run(
            List.of(
                "sh",
                "-c",
                ". \"$0\" && printf '%s' \"$LADDER_DATABASE_URL\"",
                data.resolve("embedded.env").toString()),
            Duration.ofSeconds(5));
    assertEquals(HOSTILE, result.output());
  }

  @Test
  void isReadableByItsOwnerAloneEvenWhenItReplacesALaxerFile() throws Exception {
    Path file = Files.createFile(data.resolve("embedded.env"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    new EmbeddedEnv(null, null, null, "key").write(data);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (var files = Files.list(data)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void isEmptyWhereNothingWasWritten() {
    assertTrue(EmbeddedEnv.read(data).isEmpty());
    assertFalse(Files.exists(data.resolve("embedded.env")));
  }

  /** A directory stands in for the file of another user, which root could read. */
  @Test
  void saysWhatToDoAboutAFileThatCantBeRead() throws Exception {
    Path file = Files.createDirectory(data.resolve("embedded.env"));
    StartupException refused = assertThrows(StartupException.class, () -> EmbeddedEnv.read(data));
    assertEquals(
        file + " can't be read: give it back to this user, or move it away.", refused.getMessage());
  }
}
