package ladder.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import ladder.failure.StartupException;

/**
 * Makes the directories of the primary and of the standby, while both servers are down. Each is
 * made beside its place and renamed into it, so one that exists is whole.
 *
 * <p>The standby is a copy of the stopped primary that is told to follow it: the binaries carry no
 * pg_basebackup, and a copy of files at rest needs none.
 */
final class PostgresFiles {
  private static final String SLOT = "ladder_standby";
  private static final String SETTINGS = "ladder.conf";

  /** A server of one process listens nowhere, whatever its settings say. */
  private static final int PORT_UNUSED = 5432;

  /** Copied and synced by the second, at worst; initdb writes 40 MB. */
  private static final Duration MAKE_WAIT_MAX = Duration.ofMinutes(2);

  /** What belongs to one server alone: process files, and the slot that the standby reads from. */
  private static final Set<String> NOT_COPIED = Set.of("postmaster.pid", "postmaster.opts");

  private static final Set<String> COPIED_EMPTY =
      Set.of("pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp");

  private final Path home;
  private final Path programs;
  private final Unprivileged shell;
  private final String password;
  private final String syncMethod;

  PostgresFiles(Path home, Path programs, Unprivileged shell, String password, Platform platform) {
    this.home = home;
    this.programs = programs;
    this.shell = shell;
    this.password = password;
    // Recovery syncs all files before it begins: on Linux with one call instead of a thousand.
    this.syncMethod = platform.mac() ? "fsync" : "syncfs";
  }

  Path primary() {
    return home.resolve("primary");
  }

  Path standby() {
    return home.resolve("standby");
  }

  /** Makes the primary, with role and database {@code ladder}, unless it is there. */
  void createPrimary() throws IOException {
    if (Files.isDirectory(primary())) {
      return;
    }
    Path fresh = emptyDirectory("primary.new");
    // A standby of an earlier primary can't follow this one.
    Binaries.deleteTree(standby());
    Path passwordFile = home.resolve("initdb.password");
    PrivateFile.write(passwordFile, password + "\n");
    shell.own(passwordFile);
    run(
        "",
        "initdb",
        "--pgdata=" + fresh,
        "--username=ladder",
        "--pwfile=" + passwordFile,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8");
    Files.delete(passwordFile);
    Files.writeString(
        fresh.resolve("postgresql.conf"),
        "\n# Written anew at every start, stronger than all above.\ninclude '%s'\n"
            .formatted(SETTINGS),
        StandardOpenOption.APPEND);
    // Even without connections: a standby must not allow less than the control file then says.
    configure(fresh, common(PORT_UNUSED));
    alone(fresh, "CREATE DATABASE ladder\n" + createSlot());
    Files.move(fresh, primary(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes the standby from the primary, when there is none or the one there is marked broken. */
  void createStandby() throws IOException {
    if (Files.isDirectory(standby()) && !Files.exists(broken())) {
      return;
    }
    Path fresh = emptyDirectory("standby.new");
    // The old slot may have lost its place in the log; the new one keeps all from here on.
    configure(primary(), common(PORT_UNUSED));
    alone(primary(), dropSlot() + createSlot());
    copyPrimaryTo(fresh);
    Files.createFile(fresh.resolve("standby.signal"));
    shell.own(fresh);
    run("", "initdb", "--sync-only", "--pgdata=" + fresh);
    Binaries.deleteTree(standby());
    Files.move(fresh, standby(), StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(broken());
  }

  /** Has the standby made anew at the next start. */
  void markStandbyBroken() {
    try {
      PrivateFile.write(broken(), "");
    } catch (IOException e) {
      throw new StartupException("Can't write %s: free some space.".formatted(broken()), e);
    }
  }

  private Path broken() {
    return home.resolve("standby.broken");
  }

  void configurePrimary(int port) throws IOException {
    configure(primary(), common(port));
  }

  void configureStandby(int port, int primaryPort) throws IOException {
    String settings =
        """
        hot_standby_feedback = on
        wal_receiver_status_interval = 1s
        wal_receiver_timeout = 5s
        wal_retrieve_retry_interval = 200ms
        primary_slot_name = '%s'
        primary_conninfo = 'host=127.0.0.1 port=%d user=ladder password=%s application_name=standby'
        """
            .formatted(SLOT, primaryPort, password);
    configure(standby(), common(port) + settings);
  }

  /**
   * Durable, modest, on loopback only. The standby must allow as many connections and workers as
   * the primary, so both read the same.
   */
  private String common(int port) {
    return """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = ''
        password_encryption = scram-sha-256
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        recovery_init_sync_method = %s
        max_connections = 100
        shared_buffers = 64MB
        wal_level = replica
        hot_standby = on
        max_wal_senders = 4
        max_replication_slots = 4
        max_wal_size = 256MB
        min_wal_size = 32MB
        # What a standby that stays away may cost in disk; one that missed more is made anew.
        max_slot_wal_keep_size = 512MB
        wal_sender_timeout = 5s
        log_checkpoints = off
        log_timezone = 'UTC'
        timezone = 'UTC'
        """
        .formatted(port, syncMethod);
  }

  private void configure(Path directory, String settings) throws IOException {
    PrivateFile.write(directory.resolve(SETTINGS), settings);
  }

  private static String createSlot() {
    return "SELECT pg_create_physical_replication_slot('%s', true)\n".formatted(SLOT);
  }

  private static String dropSlot() {
    return "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        + " WHERE slot_name = '%s'\n".formatted(SLOT);
  }

  /** Statements, one a line, to a server of one process that nobody can connect to. */
  private void alone(Path directory, String statements) throws IOException {
    shell.own(directory);
    run(
        statements,
        "postgres",
        "--single",
        "-c",
        "exit_on_error=on",
        "-D",
        directory.toString(),
        "postgres");
  }

  private void run(String input, String program, String... options) {
    List<String> command = shell.command(programs.resolve(program).toString());
    command.addAll(List.of(options));
    Command.Result result = Command.run(command, input, MAKE_WAIT_MAX);
    if (!result.ok()) {
      throw new StartupException(
          "PostgreSQL's files can't be made in %s: free some space, or %s."
              .formatted(home, Platform.REMEDY),
          result.output());
    }
  }

  private Path emptyDirectory(String name) throws IOException {
    Path directory = home.resolve(name);
    Binaries.deleteTree(directory);
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    shell.own(directory);
    return directory;
  }

  private void copyPrimaryTo(Path target) throws IOException {
    Path source = primary();
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Path copy = target.resolve(source.relativize(dir));
            if (!dir.equals(source)) {
              Files.copy(dir, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
            boolean empty = COPIED_EMPTY.contains(dir.getFileName().toString());
            return empty ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!NOT_COPIED.contains(file.getFileName().toString())) {
              Files.copy(
                  file,
                  target.resolve(source.relativize(file)),
                  StandardCopyOption.COPY_ATTRIBUTES);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
