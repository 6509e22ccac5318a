package ladder.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code scripts/find-jdk} in a world of fake JDKs: scripts and release files. */
class FindJdkTest {
  private static final Path SCRIPT = Path.of("scripts", "find-jdk").toAbsolutePath();

  @TempDir private Path world;

  private record Answer(int status, String out, String err) {}

  @Test
  void saysInOneSentenceWhatToInstallWhenThereIsNone() throws Exception {
    Answer answer = find("");
    assertEquals(1, answer.status());
    assertEquals("", answer.out());
    assertEquals(1, answer.err().lines().count());
    assertTrue(answer.err().contains("needs a JDK 25"), answer.err());
    assertTrue(answer.err().contains("Temurin 25"), answer.err());
  }

  @Test
  void passesOverWhatIsTooOldOrHasNoCompiler() throws Exception {
    Path old = jdk("usr/lib/jvm/java-17", "17.0.15");
    Path runtime = jdk("usr/lib/jvm/java-25-jre", "25.0.3");
    Files.delete(runtime.resolve("bin/javac"));
    Files.createDirectories(world.resolve("opt/unrelated/bin"));
    assertEquals(1, find(old.toString()).status());
    assertEquals(1, find(runtime.toString()).status());
  }

  @Test
  void takesJavaHomeFirst() throws Exception {
    Path mine = jdk("mine", "26.0.1");
    onPath(jdk("other", "25.0.3"));
    jdk("usr/lib/jvm/java-25", "25.0.3");
    assertFinds(mine, find(mine.toString()));
  }

  @Test
  void looksPastAJavaHomeThatIsTooOldOrGone() throws Exception {
    Path old = jdk("usr/lib/jvm/java-17", "17.0.15");
    Path good = jdk("usr/lib/jvm/temurin-25", "25.0.3");
    assertFinds(good, find(old.toString()));
    assertFinds(good, find(world.resolve("gone").toString()));
  }

  @Test
  void takesTheJavaOnThePathBeforeTheUsualPlaces() throws Exception {
    Path chosen = jdk("elsewhere/jdk", "27");
    onPath(chosen);
    jdk("usr/lib/jvm/java-25", "25.0.3");
    assertFinds(chosen, find(""));
  }

  @Test
  void looksPastAJavaOnThePathThatIsTooOld() throws Exception {
    onPath(jdk("usr/lib/jvm/java-17", "17.0.15"));
    Path good = jdk("Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home", "25.0.3");
    assertFinds(good, find(""));
  }

  @Test
  void takesTheLowestVersionThatIsNewEnoughInItsLatestUpdate() throws Exception {
    jdk("usr/lib/jvm/a-26", "26");
    jdk("usr/lib/jvm/b-25", "25");
    Path best = jdk("opt/jdk-25.0.10", "25.0.10");
    jdk("home/.jdks/c-25", "25.0.9");
    assertFinds(best, find(""));
  }

  @Test
  void looksIntoTheHomeDirectoryAndCopesWithSpaces() throws Exception {
    Path mine = jdk("home/.sdkman/candidates/java/25 tem", "25.0.3");
    assertFinds(mine, find(""));
  }

  @Test
  void asksTheJavaItselfWhereThereIsNoReleaseFile() throws Exception {
    Path bare = jdk("usr/lib/jvm/bare", "25.0.3");
    Files.delete(bare.resolve("release"));
    assertFinds(bare, find(""));
  }

  private static void assertFinds(Path expected, Answer answer) {
    assertEquals(new Answer(0, expected + "\n", ""), answer);
  }

  private Path jdk(String place, String version) throws IOException {
    Path home = world.resolve(place);
    Files.createDirectories(home.resolve("bin"));
    executable(home.resolve("bin/javac"), "");
    executable(
        home.resolve("bin/java"),
        """
        [ "$1" = -version ] || echo "    java.home = %s" >&2
        echo 'openjdk version "%s" 2026-04-21' >&2
        """
            .formatted(home, version));
    Files.writeString(
        home.resolve("release"),
        """
        IMPLEMENTOR="Test"
        JAVA_VERSION="%s"
        """
            .formatted(version));
    return home;
  }

  /** A path's java is often a link into another directory. */
  private void onPath(Path home) throws IOException {
    Files.createDirectories(world.resolve("bin"));
    Files.createSymbolicLink(world.resolve("bin/java"), home.resolve("bin/java"));
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script);
    assertTrue(file.toFile().setExecutable(true));
  }

  private Answer find(String javaHome) throws Exception {
    Path tools = Files.createDirectories(world.resolve("bin"));
    for (String tool : new String[] {"sed", "sort", "head"}) {
      Path real = Path.of("/usr/bin", tool);
      Path found = Files.exists(real) ? real : Path.of("/bin", tool);
      executable(tools.resolve(tool), "exec " + found + " \"$@\"\n");
    }
    Path out = world.resolve("out");
    Path err = world.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", SCRIPT.toString(), world.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", tools.toString(),
                "HOME", world.resolve("home").toString(),
                "JAVA_HOME", javaHome));
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("find-jdk did not end");
    }
    return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
