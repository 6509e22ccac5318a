package ladder.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the packaged jar must carry, and must not. */
class JarIT {
  private static final Path JAR = Path.of(System.getProperty("ladder.jar", "target/ladder.jar"));

  /** PostgreSQL, whose size depends on the system, comes on top of this. */
  private static final long OTHER_BYTES_MAX = 40_000_000;

  private static final int CLASS_VERSION_OF_JAVA_8 = 52;

  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(JAR.toFile());
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void startsOnAnOldJavaToSayThatItIsTooOld() throws IOException {
    Attributes manifest = jar.getManifest().getMainAttributes();
    assertEquals("ladder.Launcher", manifest.getValue(Attributes.Name.MAIN_CLASS));
    JarEntry launcher = jar.getJarEntry("ladder/Launcher.class");
    try (DataInputStream in = new DataInputStream(jar.getInputStream(launcher))) {
      assertEquals(0xCAFEBABE, in.readInt());
      assertEquals(0, in.readUnsignedShort());
      assertEquals(CLASS_VERSION_OF_JAVA_8, in.readUnsignedShort());
    }
  }

  @Test
  void opensOfTheJdkWhatTheTestsRunWith() throws IOException {
    assertEquals(flags("--add-opens="), manifest("Add-Opens"));
    assertEquals(flags("--add-exports="), manifest("Add-Exports"));
  }

  @Test
  void carriesTheServersOfOneSystemOnly() throws IOException {
    assertEquals(1, entries("redis-server-").size(), () -> entries("redis-server-").toString());
    assertEquals(1, entries("postgres-").size(), () -> entries("postgres-").toString());
    long postgres = jar.getJarEntry(entries("postgres-").getFirst()).getCompressedSize();
    long others = Files.size(JAR) - postgres;
    assertTrue(others < OTHER_BYTES_MAX, () -> others + " bytes beside PostgreSQL");
  }

  @Test
  void carriesNothingThatReportsUsage() {
    assertEquals(List.of(), entries("net/openhft/chronicle/analytics/"));
  }

  @Test
  void carriesEveryFileOnceAndNoProof() {
    List<String> names = jar.stream().map(JarEntry::getName).toList();
    assertEquals(names.size(), names.stream().distinct().count());
    assertEquals(List.of(), entries("org/junit/"));
    assertEquals(List.of(), entries("ladder/harness/"));
  }

  private List<String> entries(String prefix) {
    return jar.stream().map(JarEntry::getName).filter(name -> name.startsWith(prefix)).toList();
  }

  private Set<String> manifest(String name) throws IOException {
    String value = jar.getManifest().getMainAttributes().getValue(name);
    return new TreeSet<>(List.of(value.split(" ", -1)));
  }

  private static Set<String> flags(String option) {
    Stream<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream();
    return new TreeSet<>(
        flags
            .filter(flag -> flag.startsWith(option))
            .map(flag -> flag.substring(option.length()).replace("=ALL-UNNAMED", ""))
            .toList());
  }
}
