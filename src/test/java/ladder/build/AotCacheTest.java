package ladder.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code scripts/aot-cache} with a fake java, which writes a cache when it is stopped. */
class AotCacheTest {
  private static final Path SCRIPT = Path.of("scripts", "aot-cache").toAbsolutePath();
  private static final String TRAINS =
      """
      #!/bin/sh
      echo "$LADDER_PORT $LADDER_DATABASE_URL $*" >>%1$s/calls
      for option; do
        case $option in -XX:AOTCacheOutput=*) cache=${option#*=} ;; esac
      done
      trap 'echo trained >"$cache"; exit 0' TERM
      mkdir -p "$LADDER_DATA_DIR"
      echo "export LADDER_API_KEY='k'" >"$LADDER_DATA_DIR/embedded.env"
      echo 'INFO ladder.App listening on http://127.0.0.1:1'
      echo 'INFO ladder.App ready to paste:'
      while :; do sleep 0.1; done
      """;
  private static final String FAILS = "#!/bin/sh\necho x >>%1$s/calls\nexit 1\n";

  @TempDir private Path world;
  private Path jar;
  private Path cache;

  private record Answer(int status, String out, String err) {}

  @BeforeEach
  void build() throws IOException {
    jar = Files.createFile(world.resolve("ladder.jar"));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    cache = world.resolve("ladder.aot");
    Files.writeString(world.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    java(TRAINS);
  }

  @Test
  void trainsOnceForOneJarAndOneJdk() throws Exception {
    Answer first = run();
    assertEquals(option(), first);
    assertTrue(Files.exists(cache));
    assertEquals(option().out(), run().out());
    assertEquals(1, calls().size());
    assertFalse(Files.exists(world.resolve("ladder.aot.scratch")));
  }

  @Test
  void trainsWithTheOptionsOfTheRunAndWithNoneOfTheOperatorsSettings() throws Exception {
    Answer _ = run();
    assertEquals(List.of("0  --flag -XX:AOTCacheOutput=%s -jar %s".formatted(cache, jar)), calls());
  }

  @Test
  void trainsAgainForAnotherJdk() throws Exception {
    Answer _ = run();
    Files.writeString(world.resolve("release"), "JAVA_VERSION=\"26\"\n");
    assertEquals(option(), run());
    assertEquals(2, calls().size());
  }

  @Test
  void trainsAgainForAnotherJar() throws Exception {
    Answer _ = run();
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    assertEquals(option(), run());
    assertEquals(2, calls().size());
  }

  @Test
  void saysInOneSentenceThatTrainingFailedAndTriesOnce() throws Exception {
    java(FAILS);
    Answer answer = run();
    assertEquals(0, answer.status());
    assertEquals("", answer.out());
    assertTrue(answer.err().contains("ladder: starting without an AOT cache"), answer.err());
    assertEquals(new Answer(0, "", ""), run());
    assertEquals(1, calls().size());
  }

  private Answer option() {
    return new Answer(
        0,
        "-XX:AOTCache=" + cache + "\n",
        "training an AOT cache for the starts of " + jar + ", once for this build\n");
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(world.resolve("calls"));
  }

  private void java(String script) throws IOException {
    Path java = Files.createDirectories(world.resolve("bin")).resolve("java");
    Files.writeString(java, script.formatted(world));
    assertTrue(java.toFile().setExecutable(true));
  }

  private Answer run() throws Exception {
    Path out = world.resolve("out");
    Path err = world.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", SCRIPT.toString(), jar.toString(), "--flag")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder
        .environment()
        .putAll(Map.of("JAVA_HOME", world.toString(), "LADDER_DATABASE_URL", "postgres://mine"));
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("aot-cache did not end");
    }
    return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
