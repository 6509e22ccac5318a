package ladder.embedded;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import ladder.embedded.EmbeddedServers.Wanted;
import ladder.failure.StartupException;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The real servers, on one data directory: each test leaves all three running on it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedServersIT {
  private static final Wanted ALL = new Wanted(true, true, true);
  private static final Duration RECOVERY_MAX = Duration.ofSeconds(30);

  private Path data;
  private EmbeddedServers servers;

  @BeforeAll
  void start(@TempDir Path directory) throws SQLException {
    // What a shell, Redis' settings or PostgreSQL's would read as something else.
    data = directory.resolve("it's \\n d\u00e4ta");
    servers = EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system());
    Connect.execute(servers.databaseUrl(), "CREATE TABLE kept (name text PRIMARY KEY)");
  }

  @AfterAll
  void stop() {
    servers.close();
  }

  @Test
  void theStandbyFollowsThePrimaryAndRefusesWrites() throws SQLException {
    awaitOnReplica(writeRow());
    SQLException refused =
        assertThrows(
            SQLException.class,
            () -> Connect.execute(servers.replicaUrl(), "INSERT INTO kept VALUES ('x')"));
    assertEquals("25006", refused.getSQLState(), "read-only transaction");
  }

  @Test
  void commitsAreDurableAndTextIsUnicode() throws SQLException {
    for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
      assertEquals("on", Connect.query(servers.databaseUrl(), "SHOW " + setting));
    }
    assertEquals("UTF8", Connect.query(servers.databaseUrl(), "SHOW server_encoding"));
    assertEquals("É", Connect.query(servers.databaseUrl(), "SELECT upper('é')"));
  }

  @Test
  void postgresRefusesWhoeverLacksThePassword() {
    for (String url : List.of(servers.databaseUrl(), servers.replicaUrl())) {
      for (String password : List.of("wrong", "")) {
        assertThrows(
            SQLException.class,
            () -> Connect.postgres(URI.create(url), "ladder", password).close());
      }
    }
  }

  @Test
  void redisRefusesWhoeverLacksThePassword() {
    int port = URI.create(servers.redisUrl()).getPort();
    for (String user : List.of("", ":wrong@")) {
      try (RedisClient client = RedisClient.create("redis://" + user + "127.0.0.1:" + port)) {
        assertThrows(RedisException.class, () -> client.connect().sync().ping());
      }
    }
  }

  @Test
  void theServersListenOnOneAddressOnly() {
    for (String url : List.of(servers.databaseUrl(), servers.replicaUrl(), servers.redisUrl())) {
      int port = URI.create(url).getPort();
      assertThrows(
          IOException.class,
          () -> {
            try (Socket socket = new Socket()) {
              socket.connect(new InetSocketAddress("127.0.0.2", port), 1000);
            }
          });
    }
  }

  @Test
  void thePasswordStandsOnNoCommandLineAndInNoFileForOthers() throws IOException {
    String password = Files.readString(data.resolve("embedded/password")).strip();
    assertTrue(servers.databaseUrl().contains(password));
    assertFalse(
        ProcessHandle.allProcesses()
            .anyMatch(p -> p.info().commandLine().orElse("").contains(password)));
    try (Stream<Path> files = Files.walk(data.resolve("embedded"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().endsWith(".conf") || file.endsWith("password")) {
          String content = Files.readString(file, StandardCharsets.ISO_8859_1);
          String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
          assertTrue(!content.contains(password) || mode.equals("rw-------"), file.toString());
        }
      }
    }
  }

  @Test
  void aRestartKeepsRowsAndKeys() throws SQLException {
    String row = writeRow();
    redis("SET", row);
    servers.close();
    servers.close();
    servers = EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system());
    assertEquals(row, readRow(servers.databaseUrl(), row));
    awaitOnReplica(row);
    assertEquals(row, redis("GET", row));
  }

  @Test
  void aKilledPrimaryIsBackOnItsPortWithItsRowsAndItsStandby() throws Exception {
    String row = writeRow();
    kill("primary/postmaster.pid");
    Await.until("the row", RECOVERY_MAX, () -> row.equals(readRow(servers.databaseUrl(), row)));
    awaitOnReplica(writeRow());
  }

  @Test
  void aKilledStandbyIsBackOnItsPortAndFollowsAgain() throws Exception {
    kill("standby/postmaster.pid");
    awaitOnReplica(writeRow());
  }

  @Test
  void aKilledRedisIsBackOnItsPortWithItsKeys() throws Exception {
    String key = UUID.randomUUID().toString();
    redis("SET", key);
    // Redis syncs once a second; a key of a killed process is in the system's hands by then.
    kill("redis/redis.pid");
    Await.until(
        "the key",
        RECOVERY_MAX,
        () -> {
          try {
            return key.equals(redis("GET", key));
          } catch (RedisException e) {
            return false;
          }
        });
  }

  @Test
  void serversOfAKilledLadderAreStoppedAndTheirDataServed() throws Exception {
    String row = writeRow();
    servers.close();
    Process ladder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                LeftBehind.class.getName(),
                data.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = ladder.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.equals(LeftBehind.READY)) {
        line = out.readLine();
      }
      assertEquals(LeftBehind.READY, line);
    }
    ladder.destroyForcibly().waitFor();
    List<ProcessHandle> left =
        Stream.of("primary/postmaster.pid", "standby/postmaster.pid", "redis/redis.pid")
            .map(this::process)
            .toList();
    assertTrue(left.stream().allMatch(ServerProcess::alive), "the servers outlive their Ladder");
    servers = EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system());
    assertFalse(left.stream().anyMatch(ServerProcess::alive), "the old servers are gone");
    assertEquals(row, readRow(servers.databaseUrl(), row));
    awaitOnReplica(row);
  }

  @Test
  void aBrokenStandbyCostsOneStartItsReplicaAndIsMadeAnewByTheNext() throws Exception {
    servers.close();
    Files.delete(data.resolve("embedded/standby/global/pg_control"));
    servers = EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system());
    assertNull(servers.replicaUrl());
    String row = writeRow();
    servers.close();
    servers = EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system());
    assertNotNull(servers.replicaUrl());
    awaitOnReplica(row);
    awaitOnReplica(writeRow());
  }

  @Test
  void aStartThatFailsLeavesNothingRunningAndSaysWhatTheServerSaid() throws Exception {
    servers.close();
    Path conf = data.resolve("embedded/primary/postgresql.conf");
    String good = Files.readString(conf);
    Files.writeString(conf, good + "\nno_such_setting = on\n");
    StartupException failed =
        assertThrows(
            StartupException.class,
            () -> EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system()));
    Files.writeString(conf, good);
    assertTrue(failed.getMessage().contains("primary.log"), failed.getMessage());
    assertTrue(failed.detail().contains("no_such_setting"), failed.detail());
    assertFalse(Files.exists(data.resolve("embedded/redis/redis.pid")), "Redis still runs");
    assertFalse(Files.exists(data.resolve("embedded/standby/postmaster.pid")), "standby runs");
    servers = EmbeddedServers.start(data, Here.PLATFORM, ALL, Clock.system());
  }

  private String writeRow() throws SQLException {
    String row = UUID.randomUUID().toString();
    Connect.execute(servers.databaseUrl(), "INSERT INTO kept VALUES ('%s')".formatted(row));
    return row;
  }

  private static @Nullable String readRow(String url, String row) {
    try {
      return Connect.query(url, "SELECT name FROM kept WHERE name = '%s'".formatted(row));
    } catch (SQLException e) {
      return null;
    }
  }

  private void awaitOnReplica(String row) {
    String url = requireNonNull(servers.replicaUrl());
    Await.until("the row on the replica", RECOVERY_MAX, () -> row.equals(readRow(url, row)));
  }

  private String redis(String command, String key) {
    try (RedisClient client = RedisClient.create(servers.redisUrl());
        var connection = client.connect()) {
      return command.equals("SET") ? connection.sync().set(key, key) : connection.sync().get(key);
    }
  }

  private ProcessHandle process(String pidFile) {
    try {
      Path file = data.resolve("embedded").resolve(pidFile);
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst())).orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void kill(String pidFile) {
    ProcessHandle handle = process(pidFile);
    handle.destroyForcibly();
    Await.until("its death", RECOVERY_MAX, () -> !ServerProcess.alive(handle));
  }
}
