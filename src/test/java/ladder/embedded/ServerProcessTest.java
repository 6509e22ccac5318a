package ladder.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ladder.harness.Await;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger under a pid that a server's file names: a sleep, which would not survive a signal. */
class ServerProcessTest {
  private static final Poll POLL = new Poll(Clock.system());

  @TempDir Path temp;
  private Process stranger;

  @BeforeEach
  void startTheStranger() throws Exception {
    stranger = new ProcessBuilder("sleep", "60").start();
    Await.until(
        "the stranger's program",
        Duration.ofSeconds(5),
        () -> stranger.info().command().filter(c -> c.contains("sleep")).isPresent());
  }

  @AfterEach
  void endTheStranger() {
    stranger.destroyForcibly();
  }

  @Test
  void seesThatAPidBelongsToAnotherProgram() {
    assertInstanceOf(
        ServerProcess.Another.class, ServerProcess.identify(stranger.pid(), "postgres", temp));
  }

  @Test
  void seesThatAPidBelongsToTheProgramOnOtherFiles() {
    assertInstanceOf(
        ServerProcess.Another.class, ServerProcess.identify(stranger.pid(), "sleep", temp));
  }

  @Test
  void seesThatAPidIsTheServer() {
    assertInstanceOf(
        ServerProcess.Ours.class, ServerProcess.identify(stranger.pid(), "sleep", Path.of("60")));
  }

  @Test
  void seesThatAPidIsGone() throws Exception {
    stranger.destroyForcibly().waitFor();
    assertInstanceOf(
        ServerProcess.Gone.class, ServerProcess.identify(stranger.pid(), "sleep", Path.of("60")));
  }

  @Test
  void makesWayForPostgresWithoutASignalToTheStrangerUnderItsPid() throws Exception {
    Path pidFile = temp.resolve("postmaster.pid");
    Files.write(pidFile, postmasterPid("ready   "));
    server().stopLeftover();
    server().stop();
    assertTrue(stranger.isAlive());
    assertFalse(Files.exists(pidFile), "PostgreSQL would take the stranger for itself");
  }

  @Test
  void clearsThePidFileOfAServerThatIsGone() throws Exception {
    Path pidFile = temp.resolve("postmaster.pid");
    Files.write(pidFile, postmasterPid("ready   "));
    stranger.destroyForcibly().waitFor();
    server().stopLeftover();
    assertFalse(Files.exists(pidFile), "PostgreSQL would take a zombie for a server");
  }

  @Test
  void sendsNoSignalToTheStrangerUnderRedisPid() throws Exception {
    Files.writeString(temp.resolve("redis.pid"), stranger.pid() + "\n");
    new RedisServer(Path.of("none"), temp, new LogFile(temp.resolve("log")), 1, "p", POLL).stop();
    assertTrue(stranger.isAlive());
  }

  @Test
  void readsPidAndStateFromThePidFile() throws Exception {
    Files.write(temp.resolve("postmaster.pid"), postmasterPid("standby "));
    assertEquals(
        Optional.of(new PostgresServer.PidFile(stranger.pid(), "standby")),
        PostgresServer.PidFile.read(temp));
  }

  @Test
  void readsAHalfWrittenPidFileAsNoServerOrNoState() throws Exception {
    Path file = temp.resolve("postmaster.pid");
    assertEquals(Optional.empty(), PostgresServer.PidFile.read(temp));
    Files.writeString(file, "");
    assertEquals(Optional.empty(), PostgresServer.PidFile.read(temp));
    Files.writeString(file, "rubbish\n");
    assertEquals(Optional.empty(), PostgresServer.PidFile.read(temp));
    Files.writeString(file, "17\n/data\n");
    assertEquals(
        Optional.of(new PostgresServer.PidFile(17, "")), PostgresServer.PidFile.read(temp));
  }

  private List<String> postmasterPid(String state) {
    return List.of(
        "" + stranger.pid(), temp.toString(), "1", "5432", "", "127.0.0.1", " 1 2", state);
  }

  private PostgresServer server() {
    return new PostgresServer(
        "primary",
        Path.of("none"),
        temp,
        new LogFile(temp.resolve("log")),
        1,
        new Unprivileged(List.of(), -1),
        POLL);
  }
}
