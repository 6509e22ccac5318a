package ladder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.harness.TestServers;
import ladder.settings.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar as an operator meets it. */
class MainIT {
  private static final Path JAR = Path.of(System.getProperty("ladder.jar", "target/ladder.jar"));
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path dir;

  private record Run(int exit, String out, String err) {}

  @Test
  void tellsItsVersion() throws Exception {
    Run run = run("version");
    assertEquals(0, run.exit);
    assertTrue(run.out.matches("ladder [0-9]+\\.[0-9]+\\.[0-9]+\\R"), run::toString);
    assertEquals("", run.err);
    assertEquals(run, run("--version"));
  }

  @Test
  void failsWhenWhatItPrintsGoesNowhere() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full");
    Run run = run(Map.of(), full, "keys", "list");
    assertEquals(1, run.exit, run::toString);
    assertTrue(run.err.startsWith("ladder: standard output could not be written"), run.err);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "serve",
        "migrate",
        "keys",
        "keys create",
        "keys list",
        "keys revoke",
        "journal",
        "journal status",
        "journal dead",
        "journal replay",
        "doctor",
        "load",
        "climb",
        "capacity",
        "version"
      })
  void helpsWithEveryCommand(String command) throws Exception {
    Run run = run((command + " --help").strip().split(" ", -1));
    assertEquals(0, run.exit, run::toString);
    assertTrue(run.out.startsWith(("Usage: ladder " + command).strip()), run::toString);
    assertEquals("", run.err);
    assertFalse(Files.exists(dir.resolve("data")));
  }

  @Test
  void helpNamesEveryCommandAndEverySetting() throws Exception {
    String root = run("--help").out;
    for (String command :
        new String[] {
          "serve", "migrate", "keys", "journal", "doctor", "load", "climb", "capacity", "version"
        }) {
      assertTrue(Pattern.compile("(?m)^  " + command + " ").matcher(root).find(), command);
    }
    String serve = run("serve", "--help").out;
    for (Setting setting : Config.TABLE) {
      assertTrue(serve.contains("  " + setting.name() + " ("), setting.name());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "frobnicate",
        "--frobnicate",
        "serve now",
        "keys",
        "keys frobnicate",
        "keys create",
        "keys create one two",
        "keys create one --per-minute",
        "keys create one --per-minute many",
        "keys create one --per-minute 0",
        "keys create one --per-minute 100001",
        "keys revoke",
        "keys revoke one",
        "keys list all",
        "keys list --limit 0",
        "keys list --after x",
        "journal",
        "journal replay",
        "journal replay x",
        "doctor foo",
        "doctor ftp://localhost/",
        "doctor http://a http://b",
        "load",
        "climb fast",
        "climb --users 0",
        "climb --measured soon",
        "capacity --rate 0",
        "capacity --hit-percent 101",
        "load foo",
        "load https://localhost/",
        "load http://localhost/ --rate 0",
        "load http://localhost/ --rate 1 --clients 1",
        "load http://localhost/ --duration soon"
      })
  void refusesWrongUsage(String command) throws Exception {
    Run run = run(command.split(" ", -1));
    assertEquals(2, run.exit, run::toString);
    assertEquals("", run.out);
    assertFalse(run.err.isBlank());
    assertNoStackTrace(run);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "migrate", "keys list", "journal status"})
  void reportsAllBadSettingsAtOnce(String command) throws Exception {
    Run run =
        run(
            Map.of(
                "LADDER_PORT", "eighty",
                "LADDER_DATABASE_URL", "mysql://localhost/db",
                "LADDER_RATE_LIMIT", "lots",
                "LADDER_CACHE_TTL", "5 minutes",
                "LADDER_RUNGS", "cache,moon",
                "LADDER_ADMIN_HOST", "0.0.0.0"),
            command.split(" ", -1));
    assertEquals(1, run.exit, run::toString);
    assertEquals("", run.out);
    for (String name :
        new String[] {"PORT", "DATABASE_URL", "RATE_LIMIT", "CACHE_TTL", "RUNGS", "ADMIN_TOKEN"}) {
      Pattern line = Pattern.compile("(?m)^ladder: LADDER_" + name + " .*$");
      assertTrue(line.matcher(run.err).find(), name + " in " + run.err);
    }
    assertEquals(6, run.err.lines().count(), run.err);
    assertNoStackTrace(run);
    assertFalse(Files.exists(dir.resolve("data")));
  }

  @Test
  void migratesAndKeepsKeysInADatabaseOfOnesOwn() throws Exception {
    Map<String, String> own = Map.of("LADDER_DATABASE_URL", TestServers.shared().databaseUrl());
    assertEquals(0, run(own, "migrate").exit);
    Run again = run(own, "migrate");
    assertEquals(0, again.exit);
    assertTrue(again.out.startsWith("applied 0 migrations; the schema is at version "), again.out);

    Run created = run(own, "keys", "create", "from the shell", "--per-minute", "7");
    assertEquals(0, created.exit, created::toString);
    Matcher key =
        Pattern.compile("(?s)key ([0-9]+) for from the shell: .*\\R(lk_[0-9a-f]{40})\\R")
            .matcher(created.out);
    assertTrue(key.matches(), created.out);
    Pattern row = Pattern.compile("(?m)^" + key.group(1) + " +7 .* - +from the shell$");
    Run listed = run(own, "keys", "list");
    assertTrue(row.matcher(listed.out).find(), listed.out);
    assertEquals(0, run(own, "keys", "revoke", key.group(1)).exit);
    assertFalse(row.matcher(run(own, "keys", "list").out).find());

    Run none = run(own, "keys", "revoke", "999999999999");
    assertEquals(1, none.exit);
    assertNoStackTrace(none);
    assertEquals(0, run(own, "journal", "dead").exit);
    assertEquals(1, run(own, "journal", "replay", "999999999999").exit);
    Run status = run(own, "journal", "status");
    assertEquals(0, status.exit, status::toString);
    assertTrue(status.out.contains("email"), status.out);
  }

  @Test
  void saysInOneSentenceThatTheDatabaseIsAway() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Map<String, String> away =
        Map.of("LADDER_DATABASE_URL", "postgres://u:hidden@127.0.0.1:" + port + "/db");
    for (String command : new String[] {"migrate", "keys list", "journal dead", "serve"}) {
      Run run = run(away, command.split(" ", -1));
      assertEquals(1, run.exit, run::toString);
      assertTrue(run.err.startsWith("ladder: "), run::toString);
      assertEquals(1, run.err.lines().count(), run::toString);
      assertFalse((run.out + run.err).contains("hidden"), run::toString);
    }
  }

  private static void assertNoStackTrace(Run run) {
    assertFalse(
        (run.out + run.err).matches("(?s).*(\\sat [a-z]+\\.[A-Za-z.$]+\\(|Exception).*"), run.err);
  }

  private Run run(String... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  private Run run(Map<String, String> settings, String... arguments)
      throws IOException, InterruptedException {
    return run(settings, Files.createTempFile(dir, "out", ".txt"), arguments);
  }

  private Run run(Map<String, String> settings, Path out, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR.toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LADDER_"));
    Map<String, String> all = new HashMap<>(settings);
    // So that what should not serve, and does, finds no port taken and nothing to embed.
    all.putIfAbsent("LADDER_PORT", "0");
    all.putIfAbsent("LADDER_ADMIN_PORT", "0");
    all.putIfAbsent("LADDER_DATABASE_URL", TestServers.shared().databaseUrl());
    all.putIfAbsent("LADDER_REDIS_URL", TestServers.shared().redisUrl());
    builder.environment().putAll(all);
    Path err = Files.createTempFile(dir, "err", ".txt");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(arguments[0] + " does not end: " + Files.readString(err, UTF_8));
    }
    // What is no file, such as /dev/full, would be read without an end.
    String printed = Files.isRegularFile(out) ? Files.readString(out, UTF_8) : "";
    return new Run(process.exitValue(), printed, Files.readString(err, UTF_8));
  }
}
