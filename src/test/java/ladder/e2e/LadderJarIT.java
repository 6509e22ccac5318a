package ladder.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.RawHttp.Answer;
import ladder.harness.ServerPids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The jar as its user meets it: started on an empty directory, walked through, stopped, started
 * again. The walks share one process; those that end it come last, in order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LadderJarIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> VARIABLES =
      List.of("LADDER_DATABASE_URL", "LADDER_REPLICA_URL", "LADDER_REDIS_URL", "LADDER_API_KEY");

  private static Path data;
  private static LadderProcess ladder;
  private static String keptUser;

  @BeforeAll
  static void start() {
    data = LadderProcess.scratch("data").resolve("made-by-ladder");
    ladder = LadderProcess.startPlainly(data, Map.of());
  }

  @AfterAll
  static void stop() {
    if (ladder != null) {
      ladder.close();
    }
  }

  @Test
  void saysWhereItListensAndWarnsOfNothing() {
    String output = String.join("\n", ladder.output());
    assertTrue(output.contains(" listening on http://127.0.0.1:" + ladder.port()), output);
    assertTrue(output.contains(" listening on http://127.0.0.1:" + ladder.adminPort()), output);
    assertFalse(output.contains("WARN"), output);
    assertEquals(List.of(), ladder.errors());
  }

  @Test
  void leavesShellLinesForItsOwnerAlone() throws Exception {
    Path file = data.resolve("embedded.env");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(4, Files.readAllLines(file).size());
    for (String variable : VARIABLES) {
      assertFalse(environment(variable).isEmpty(), variable);
    }
    assertEquals("f", Connect.query(environment(VARIABLES.get(0)), "SELECT pg_is_in_recovery()"));
    assertEquals("t", Connect.query(environment(VARIABLES.get(1)), "SELECT pg_is_in_recovery()"));
  }

  @Test
  void theLineToPasteSignsUp() throws Exception {
    String line =
        ladder.output().stream()
            .filter(l -> l.contains("curl "))
            .map(l -> l.substring(l.indexOf("curl ")))
            .findFirst()
            .orElseThrow();
    assumeTrue(shell("command -v curl").length() > 0, "no curl");
    String answer = shell(line);
    assertTrue(answer.contains(" 201 "), answer);
    assertTrue(answer.contains("\"email\":\"ada@example.com\""), answer);
  }

  @Test
  void readsFromTheDatabaseOnceAndThenFromTheCache() throws Exception {
    try (LadderClient client = client();
        RedisClient redis = RedisClient.create(environment("LADDER_REDIS_URL"));
        var connection = redis.connect()) {
      Answer signedUp = client.signUp("cached@example.com");
      assertEquals(201, signedUp.status(), signedUp::body);
      String path = signedUp.header("Location");
      assertEquals("ladder; hit", client.get(path).header("Cache-Status"));
      assertEquals(1, connection.sync().del("user:" + path.substring("/users/".length())));
      assertEquals("ladder; fwd=miss", client.get(path).header("Cache-Status"));
      Await.until(
          "a hit", LIMIT, () -> status(client, path).header("Cache-Status").equals("ladder; hit"));
      Answer read = client.get(path);
      assertEquals(signedUp.body(), read.body());
      assertEquals("\"default\";q=100;w=60", read.header("RateLimit-Policy"));
      assertTrue(connection.sync().ttl("user:" + path.substring("/users/".length())) > 200);
    }
  }

  @Test
  void takesAnOrderAndListsIt() throws Exception {
    try (LadderClient client = client()) {
      String user = client.signUp("orders@example.com").header("Location");
      String body = "{\"item\":\"rung\",\"quantity\":3,\"unitPriceCents\":250}";
      Answer ordered = client.post(user + "/orders", body);
      assertEquals(201, ordered.status(), ordered::body);
      assertEquals(750, LadderClient.json(ordered).get("totalCents").asInt());
      assertEquals(ordered.body(), client.get(ordered.header("Location")).body());
      JsonNode page = LadderClient.json(client.get(user + "/orders"));
      assertEquals(LadderClient.json(ordered), page.get("orders").get(0));
      assertEquals(1, page.get("orders").size());
      assertTrue(page.get("next").isNull());
    }
  }

  @Test
  void letsExactlyTheLimitPass() throws Exception {
    String key = ladder.createKey("limited", 30);
    try (Load load = Load.reading(ladder, key, 6, "/users/999999")) {
      load.awaitMore(60);
      List<Answer> passed = load.stop().answersBut(429);
      assertEquals(30, passed.size());
      assertEquals(List.of(), load.failures());
    }
    try (LadderClient client = ladder.client(key)) {
      Answer refused = client.get("/users/999999");
      assertEquals(429, refused.status());
      assertEquals("application/problem+json", refused.header("Content-Type"));
      int seconds = Integer.parseInt(refused.header("Retry-After"));
      assertTrue(seconds >= 1 && seconds <= 60, refused.header("Retry-After"));
    }
  }

  @Test
  void everythingFollowsASignUp() throws Exception {
    String id;
    try (LadderClient client = client()) {
      Answer signedUp = client.signUp("effects@example.com");
      id = LadderClient.json(signedUp).get("id").asText();
    }
    String event = "SELECT event_id FROM audit_log WHERE user_id = " + id;
    Await.until(
        "three deliveries",
        LIMIT,
        () ->
            query("SELECT count(*) FROM deliveries WHERE event_id = (%s)".formatted(event))
                .equals("3"));
    assertEquals("user.signed_up", query("SELECT action FROM audit_log WHERE user_id = " + id));
    String eventId = query(event);
    String mail = Files.readString(data.resolve("outbox/email/" + eventId + ".eml"));
    assertTrue(mail.contains("To: ") && mail.contains("effects@example.com"), mail);
    JsonNode slack =
        LadderClient.json(Files.readString(data.resolve("outbox/slack/" + eventId + ".json")));
    assertTrue(slack.get("text").textValue().contains("effects@example.com"), slack::toString);
  }

  @Test
  @Order(Order.DEFAULT + 1)
  void refusesADataDirectoryThatAnotherHolds() throws Exception {
    try (LadderClient client = client()) {
      keptUser = client.signUp("kept@example.com").header("Location");
    }
    LadderProcess second = LadderProcess.launch(data, Map.of());
    assertEquals(1, second.exitCode());
    assertEquals(1, second.errors().size(), second::toString);
    String sentence = second.errors().getFirst();
    assertTrue(sentence.contains("pid " + ladder.process().pid()), sentence);
    assertTrue(sentence.contains("LADDER_DATA_DIR"), sentence);
    assertEquals(200, readKeptUser());
  }

  @Test
  @Order(Order.DEFAULT + 2)
  void stopsWithAllItsServersAtSigterm() {
    List<ProcessHandle> servers = ladder.servers().all();
    assertTrue(servers.size() > 3, servers::toString);
    ladder.terminate();
    assertEquals(0, ladder.exitCode(), ladder::toString);
    assertEquals(List.of(), servers.stream().filter(ServerPids::alive).toList());
    assertEquals(List.of(), ladder.servers().all());
    assertEquals(List.of(), ladder.errors());
  }

  @Test
  @Order(Order.DEFAULT + 3)
  void keepsUsersAndKeyThroughARestart() throws Exception {
    String key = environment("LADDER_API_KEY");
    ladder = LadderProcess.start(data, Map.of());
    assertEquals(key, environment("LADDER_API_KEY"));
    assertEquals(200, readKeptUser());
  }

  @Test
  @Order(Order.DEFAULT + 4)
  void startsAgainWhereItWasKilledAndLogsAsJson() throws Exception {
    List<ProcessHandle> left = ladder.servers().all();
    ladder.kill();
    assertTrue(left.stream().anyMatch(ServerPids::alive), "its servers should run on");
    ladder = LadderProcess.start(data, Map.of("LADDER_LOG_FORMAT", "json"));
    assertEquals(List.of(), left.stream().filter(ServerPids::alive).toList());
    assertEquals(200, readKeptUser());
    ladder.terminate();
    assertEquals(0, ladder.exitCode(), ladder::toString);
    assertTrue(ladder.output().size() >= 4, ladder::toString);
    for (String line : ladder.output()) {
      assertTrue(LadderClient.json(line).isObject(), line);
    }
    assertTrue(ladder.toString().contains("curl "), ladder::toString);
    assertEquals(List.of(), ladder.errors());
  }

  private static int readKeptUser() throws Exception {
    try (LadderClient client = client()) {
      return client.get(keptUser).status();
    }
  }

  private static LadderClient client() throws Exception {
    return ladder.client(environment("LADDER_API_KEY"));
  }

  private static Answer status(LadderClient client, String path) {
    try {
      return client.get(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String query(String sql) {
    try {
      return Connect.query(environment("LADDER_DATABASE_URL"), sql);
    } catch (SQLException | IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the variable is for a shell that has read the file. */
  private static String environment(String variable) throws IOException, InterruptedException {
    return shell(". '%s' && printf %%s \"$%s\"".formatted(data.resolve("embedded.env"), variable));
  }

  private static String shell(String command) throws IOException, InterruptedException {
    Process shell = new ProcessBuilder("sh", "-c", command).start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(shell.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    return output;
  }
}
