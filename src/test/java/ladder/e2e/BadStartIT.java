package ladder.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.OwnDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can't start says in one sentence what to do about it, fails, and leaves nothing running. */
class BadStartIT {
  private static final Pattern JAVA_VERSION = Pattern.compile("JAVA_VERSION=\"(?:1\\.)?(\\d+)");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int JDK_MIN = 25;

  private static OwnDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = new OwnDatabase();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LADDER_PORT", "LADDER_ADMIN_PORT"})
  void namesTheSettingOfAPortThatIsTaken(String setting) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      String sentence = sentence(1, database.settings(setting, port));
      assertTrue(sentence.contains("port " + port), sentence);
      assertTrue(sentence.contains(" " + setting + " "), sentence);
    }
  }

  @Test
  void leavesNoServerBehindWhenThePortIsTaken() throws Exception {
    Path data = LadderProcess.scratch("data");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LadderProcess ladder =
            LadderProcess.launch(
                data, Map.of("LADDER_PORT", Integer.toString(taken.getLocalPort())))) {
      assertEquals(1, ladder.exitCode());
      assertEquals(1, ladder.errors().size(), ladder::toString);
      assertEquals(List.of(), ladder.servers().all());
    }
  }

  @Test
  void endsAtSigtermWhileItsServersAreStillStarting() throws Exception {
    Path data = LadderProcess.scratch("data");
    try (LadderProcess ladder = LadderProcess.launch(data, Map.of())) {
      Await.until("the start", LIMIT, () -> Files.exists(data.resolve("ladder.lock")));
      ladder.terminate();
      assertEquals(0, ladder.exitCode(), ladder::toString);
      assertEquals(List.of(), ladder.errors());
      assertFalse(ladder.toString().contains("listening on"), ladder::toString);
      assertEquals(List.of(), ladder.servers().all());
    }
  }

  @Test
  void namesTheDataDirectoryThatIsAFile() throws Exception {
    Path file = Files.createFile(LadderProcess.scratch("data").resolve("file"));
    namesTheDataDirectory(file);
    namesTheDataDirectory(file.resolve("below"));
  }

  @Test
  void namesTheDataDirectoryThatNobodyCanMake() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/1")), "no /proc");
    namesTheDataDirectory(Path.of("/proc/ladder/data"));
  }

  private static void namesTheDataDirectory(Path data) {
    String sentence = sentence(1, database.settings("LADDER_DATA_DIR", data.toString()));
    assertTrue(sentence.contains(data.toString()), sentence);
    assertTrue(sentence.contains("LADDER_DATA_DIR"), sentence);
  }

  @Test
  void namesAllBadSettingsAtOnce() {
    Map<String, String> bad =
        Map.of(
            "LADDER_PORT", "eighty",
            "LADDER_DATABASE_URL", "mysql://somewhere",
            "LADDER_REDIS_URL", "somewhere",
            "LADDER_RATE_LIMIT", "many",
            "LADDER_RUNGS", "cache,bogus",
            "LADDER_LOG_FORMAT", "xml");
    Path data = LadderProcess.scratch("data");
    LadderProcess ladder = ended(1, data, bad);
    assertEquals(bad.size(), ladder.errors().size(), ladder::toString);
    for (String name : bad.keySet()) {
      assertTrue(ladder.errors().stream().anyMatch(line -> line.contains(name)), name);
    }
    assertFalse(Files.exists(data.resolve("ladder.lock")), "it began before it read its settings");
  }

  @Test
  void namesTheSettingOfADatabaseThatIsAway() throws Exception {
    String away = "postgres://ladder:secret@127.0.0.1:%d/ladder".formatted(freePort());
    String sentence = sentence(1, database.settings("LADDER_DATABASE_URL", away));
    assertTrue(sentence.contains("LADDER_DATABASE_URL"), sentence);
    assertFalse(sentence.contains("secret"), sentence);
  }

  @Test
  void namesTheSettingOfADatabaseThatRefuses() {
    for (String wrong :
        List.of(
            database.url().replaceFirst(":[^:@]*@", ":wrong@"), database.url() + "_that_is_not")) {
      String sentence = sentence(1, database.settings("LADDER_DATABASE_URL", wrong));
      assertTrue(sentence.contains("LADDER_DATABASE_URL"), sentence);
    }
  }

  @Test
  void namesTheSettingOfADatabaseThatTakesNoTables() throws Exception {
    try (OwnDatabase fresh = new OwnDatabase()) {
      String replica = fresh.settings().get("LADDER_REPLICA_URL");
      Await.until("the database on the replica", LIMIT, () -> answers(replica));
      String sentence = sentence(1, database.settings("LADDER_DATABASE_URL", replica));
      assertTrue(sentence.contains("primary"), sentence);
      assertTrue(sentence.contains("LADDER_DATABASE_URL"), sentence);
    }
  }

  private static boolean answers(String url) {
    try {
      return Connect.query(url, "SELECT 1").equals("1");
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void startsWithoutRedisAndServes() throws Exception {
    String away = "redis://127.0.0.1:" + freePort();
    try (LadderProcess ladder =
            LadderProcess.start(
                LadderProcess.scratch("data"), database.settings("LADDER_REDIS_URL", away));
        LadderClient client = ladder.client(ladder.createKey())) {
      String user = client.signUp("no-redis@example.com").header("Location");
      assertEquals(200, client.get(user).status());
      assertEquals(200, client.get("/health/ready").status());
      assertEquals(
          1,
          ladder.output().stream().filter(line -> line.contains("Redis does not answer")).count());
      ladder.terminate();
      assertEquals(0, ladder.exitCode());
      assertEquals(List.of(), ladder.errors());
    }
  }

  @Test
  void saysWhatIsWrongWithTheCommand() {
    LadderProcess ladder = LadderProcess.launch(LadderProcess.scratch("data"), Map.of(), "climbb");
    assertEquals(2, ladder.exitCode());
    assertTrue(ladder.errors().getFirst().contains("climbb"), ladder::toString);
  }

  @Test
  void saysThatAnOlderJavaIsTooOld() throws Exception {
    Optional<Path> old = olderJava();
    assumeTrue(old.isPresent(), "no older JDK here");
    LadderProcess ladder = LadderProcess.launchOn(old.get(), LadderProcess.scratch("data"));
    assertEquals(1, ladder.exitCode());
    assertEquals(1, ladder.errors().size(), ladder::toString);
    assertTrue(ladder.errors().getFirst().contains("JDK " + JDK_MIN), ladder::toString);
  }

  /** Starts what must fail, and returns the one line that it says. */
  private static String sentence(int exitCode, Map<String, String> settings) {
    LadderProcess ladder = ended(exitCode, LadderProcess.scratch("data"), settings);
    assertEquals(1, ladder.errors().size(), ladder::toString);
    String sentence = ladder.errors().getFirst();
    assertTrue(sentence.startsWith("ladder: "), sentence);
    return sentence;
  }

  private static LadderProcess ended(int exitCode, Path data, Map<String, String> settings) {
    LadderProcess ladder = LadderProcess.launch(data, settings);
    assertEquals(exitCode, ladder.exitCode(), ladder::toString);
    assertFalse(ladder.toString().contains("\tat "), ladder::toString);
    assertFalse(ladder.toString().contains("listening on"), ladder::toString);
    return ladder;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static Optional<Path> olderJava() throws IOException {
    Path home = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(home)) {
      return Optional.empty();
    }
    try (Stream<Path> jdks = Files.list(home)) {
      return jdks.filter(BadStartIT::isOlder)
          .map(jdk -> jdk.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  private static boolean isOlder(Path jdk) {
    try {
      Matcher version = JAVA_VERSION.matcher(Files.readString(jdk.resolve("release")));
      return version.find() && Integer.parseInt(version.group(1)) < JDK_MIN;
    } catch (IOException e) {
      return false;
    }
  }
}
