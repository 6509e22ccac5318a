package ladder.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import ladder.harness.Connect;
import ladder.harness.ServerPids;
import ladder.time.Clock;

/**
 * One standby more of a primary that runs: a copy of its files, made as pg_basebackup does it,
 * which the binaries lack. The files are copied between pg_backup_start and pg_backup_stop, and the
 * log from then on is kept by a slot and streamed. Not watched: who kills it starts it again.
 */
public final class SecondStandby implements AutoCloseable {
  private static final String SLOT = "ladder_second_standby";
  private static final Duration STREAM_WAIT_MAX = Duration.ofSeconds(30);

  /** Of one server alone, or made anew by the one that starts. */
  private static final Set<String> COPIED_EMPTY =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> NOT_COPIED = Set.of("postmaster.pid", "postmaster.opts");

  private final PostgresServer server;
  private final Path directory;
  private final String url;

  private SecondStandby(PostgresServer server, Path directory, String url) {
    this.server = server;
    this.directory = directory;
    this.url = url;
  }

  /**
   * Makes it and returns when it streams.
   *
   * @param embedded where the servers of the first one are, {@code DATA/embedded}
   * @param primaryUrl of the primary
   * @param directory does not exist yet
   */
  public static SecondStandby start(Path embedded, String primaryUrl, Path directory)
      throws IOException, SQLException {
    int port = freePort();
    Files.createDirectories(directory.getParent());
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String label = copy(embedded.resolve("primary"), primaryUrl, directory);
    Files.writeString(directory.resolve("backup_label"), label);
    Files.createFile(directory.resolve("standby.signal"));
    String settings =
        Files.readString(embedded.resolve("standby/ladder.conf"))
            .replaceFirst("(?m)^port = [0-9]+", "port = " + port)
            .replaceFirst("primary_slot_name = '[^']*'", "primary_slot_name = '%s'".formatted(SLOT))
            .replace("application_name=standby", "application_name=second");
    PrivateFile.write(directory.resolve("ladder.conf"), settings);
    Platform platform = platform();
    Path programs = programs(embedded);
    Unprivileged shell =
        Unprivileged.find(
            platform,
            Unprivileged.WAYS,
            List.of(requireNonNull(embedded.getParent()), embedded, directory.getParent()),
            programs.resolve("postgres"));
    PostgresServer server =
        new PostgresServer(
            "the second standby",
            programs,
            directory,
            new LogFile(directory.resolveSibling(directory.getFileName() + ".log")),
            port,
            shell,
            new Poll(Clock.system()));
    server.start();
    if (!server.streams(STREAM_WAIT_MAX)) {
      server.stop();
      throw new AssertionError("the second standby does not follow");
    }
    URI primary = URI.create(primaryUrl);
    String url = primaryUrl.replace(":" + primary.getPort() + "/", ":" + port + "/");
    return new SecondStandby(server, directory, url);
  }

  /** Returns what the file backup_label of the copy must say. */
  private static String copy(Path from, String primaryUrl, Path to)
      throws IOException, SQLException {
    try (Connection connection = Connect.postgres(primaryUrl);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_create_physical_replication_slot('%s', true)".formatted(SLOT));
      statement.execute("SELECT pg_backup_start('second standby', true)");
      Files.walkFileTree(from, new Copying(from, to));
      try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** Copies what is there; the log tells of what comes or goes meanwhile. */
  private static final class Copying extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    Copying(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes attributes)
        throws IOException {
      if (!source.equals(from)) {
        Path copy = Files.createDirectory(to.resolve(from.relativize(source)));
        Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(source));
      }
      boolean empty = COPIED_EMPTY.contains(source.getFileName().toString());
      return empty ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path source, BasicFileAttributes attributes)
        throws IOException {
      if (!NOT_COPIED.contains(source.getFileName().toString())) {
        try {
          Files.copy(source, to.resolve(from.relativize(source)));
        } catch (NoSuchFileException e) {
          return FileVisitResult.CONTINUE;
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path source, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }

  private static Platform platform() {
    return new Platform(
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("user.name"));
  }

  private static Path programs(Path embedded) throws IOException {
    try (Stream<Path> versions = Files.list(embedded.resolve("bin"))) {
      return versions
          .filter(version -> version.getFileName().toString().startsWith("postgresql-"))
          .findFirst()
          .orElseThrow()
          .resolve("bin");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** {@code postgres://ladder:PASSWORD@127.0.0.1:PORT/ladder}. */
  public String url() {
    return url;
  }

  /** Stops it in its tracks: it neither answers nor refuses. */
  public void freeze() {
    processes().forEach(process -> ServerPids.signal(process, "STOP"));
  }

  public void thaw() {
    processes().forEach(process -> ServerPids.signal(process, "CONT"));
  }

  private List<ProcessHandle> processes() {
    long pid = PostgresServer.PidFile.read(directory).orElseThrow().pid();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }

  @Override
  public void close() {
    if (server.alive()) {
      thaw();
    }
    server.stop();
  }
}
