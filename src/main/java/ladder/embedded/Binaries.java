package ladder.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import ladder.failure.StartupException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The servers' programs, unpacked from the jar once for each version of them. A directory appears
 * by a rename, so one that exists is whole; its name carries the checksum that the jar's index
 * holds, so a new jar unpacks anew and no start has to read the archive.
 */
final class Binaries {
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** Printing a version takes milliseconds, the first load from a slow disk seconds. */
  private static final Duration VERSION_WAIT_MAX = Duration.ofSeconds(20);

  private static final String REDIS = "redis-server";

  private final Path home;

  Binaries(Path home) {
    this.home = home;
  }

  /** The directory with {@code postgres}, {@code initdb} and {@code pg_ctl}. */
  Path postgres(Platform platform) throws IOException {
    URL archive = resource(platform.postgresArchive(), "LADDER_DATABASE_URL");
    Path directory = home.resolve("postgresql-" + checksum(archive));
    if (!Files.isDirectory(directory)) {
      install(
          directory,
          "postgresql-",
          fresh -> {
            unpack(archive, fresh);
            check(fresh.resolve("bin/postgres"), "LADDER_DATABASE_URL", "glibc, not musl");
          });
    }
    return directory.resolve("bin");
  }

  /** The executable {@code redis-server}. */
  Path redis(Platform platform) throws IOException {
    URL resource = resource(platform.redisProgram(), "LADDER_REDIS_URL");
    Path directory = home.resolve("redis-" + checksum(resource));
    if (!Files.isDirectory(directory)) {
      install(
          directory,
          "redis-",
          fresh -> {
            Path program = fresh.resolve(REDIS);
            copy(resource, program);
            check(program, "LADDER_REDIS_URL", "glibc and OpenSSL 3 (package libssl3)");
          });
    }
    return directory.resolve(REDIS);
  }

  private static URL resource(String name, String setting) {
    URL url = Binaries.class.getClassLoader().getResource(name);
    if (url == null) {
      throw new StartupException(
          "This jar was built on another system and lacks %s: build it on this one, or set %s."
              .formatted(name, setting),
          "");
    }
    return url;
  }

  private static String checksum(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    return connection instanceof JarURLConnection jar
        ? "%08x".formatted(jar.getJarEntry().getCrc())
        : Long.toString(connection.getContentLengthLong());
  }

  private static void check(Path program, String setting, String needs) {
    Command.Result result = Command.run(List.of(program.toString(), "--version"), VERSION_WAIT_MAX);
    if (!result.ok()) {
      throw new StartupException(
          "The embedded %s can't run on this system: install what it needs, %s, or set %s."
              .formatted(program.getFileName(), needs, setting),
          result.output());
    }
  }

  /** Fills the directory and proves that what it holds runs; else the directory won't stay. */
  private interface Filling {
    void fill(Path directory) throws IOException;
  }

  private void install(Path directory, String prefix, Filling filling) throws IOException {
    Files.createDirectories(home);
    try (Stream<Path> versions = Files.list(home)) {
      for (Path old :
          versions.filter(p -> p.getFileName().toString().startsWith(prefix)).toList()) {
        deleteTree(old);
      }
    }
    Path fresh = Files.createDirectory(directory.resolveSibling(directory.getFileName() + ".new"));
    Files.setPosixFilePermissions(fresh, EXECUTABLE);
    filling.fill(fresh);
    Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(URL program, Path target) throws IOException {
    try (InputStream in = program.openStream()) {
      Files.copy(in, target);
    }
    Files.setPosixFilePermissions(target, EXECUTABLE);
  }

  private static void unpack(URL archive, Path directory) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(archive.openStream()))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
          throw new IOException("entry outside of the archive: " + entry.getName());
        }
        Files.createDirectories(target.getParent());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, target);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              target, executable ? EXECUTABLE : PosixFilePermissions.fromString("rw-r--r--"));
        }
      }
    }
  }

  /** Deletes a directory with all that is in it; does nothing when there is none. */
  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
