package ladder.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.channel.Channels.Receivers;
import ladder.harness.Await;
import ladder.harness.TestApp;
import ladder.harness.TestServers;
import ladder.journal.Event;
import ladder.journal.EventJson;
import ladder.journal.Kind.SignedUp;
import ladder.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern CREATED =
      Pattern.compile("key ([0-9]+) for (.*): shown now and never again\n(lk_[0-9a-f]{40})\n");

  @TempDir private Path dir;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, UTF_8);
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(told, true, UTF_8);
  private final Operator operator =
      new Operator(TestServers.shared().databaseUrl(), out, err, Clock.system());

  @AfterEach
  void close() {
    operator.close();
    out.close();
    err.close();
  }

  @Test
  void makesAKeyThatWorksAndRevokesIt() {
    assertEquals(0, operator.createKey("Zo\u00eb", 7));
    Matcher created = CREATED.matcher(printed());
    assertTrue(created.matches());
    assertEquals("Zo\u00eb", created.group(2));
    long id = Long.parseLong(created.group(1));
    try (TestApp app = TestApp.start(java.util.Map.of("LADDER_KEY_CACHE", "0s"))) {
      var answer = app.keyed(created.group(3)).get("/orders/999999999999");
      assertEquals("\"default\";q=7;w=60", answer.header("RateLimit-Policy"));
      assertTrue(row(id).matches(id + " +7 +[-0-9T:.Z]+ +- +Zo\u00eb"), row(id));

      assertEquals(0, operator.revokeKey(id));
      assertEquals("revoked key " + id + "\n", printed());
      Await.until(
          "401",
          PATIENCE,
          () -> app.keyed(created.group(3)).get("/orders/999999999999").status() == 401);
    }
    assertFalse(row(id).contains(" - "), row(id));
    assertFalse(row(id).contains("lk_"), row(id));
    assertEquals(0, operator.revokeKey(id));
  }

  @Test
  void saysWhichKeyIsNotThere() {
    assertEquals(1, operator.revokeKey(999_999_999_999L));
    assertEquals("ladder: there is no key 999999999999\n", told());
    assertEquals("", printed());
  }

  @Test
  void aKeyWithoutALimitShowsTheDefault() {
    assertEquals(0, operator.createKey("plain", null));
    Matcher created = CREATED.matcher(printed());
    assertTrue(created.matches());
    long id = Long.parseLong(created.group(1));
    assertTrue(row(id).matches(id + " +default .* plain"), row(id));
  }

  @Test
  void listsDeadLettersAndDeliversOneAgain() throws Exception {
    Event event = signUp();
    long id = bury(event, "slack");
    Receivers receivers = new Receivers(null, null, "ladder@localhost", dir.resolve("outbox"));

    assertEquals(0, operator.deadLetters());
    String listed = printed();
    assertTrue(listed.startsWith("ID "), listed);
    assertTrue(
        listed
            .lines()
            .anyMatch(
                line ->
                    line.matches(
                        id
                            + " +slack +[-0-9T:.Z]+ +3 +user.signed_up of user "
                            + event.userId()
                            + ": it was refused")),
        listed);

    assertEquals(0, operator.replay(id, receivers));
    assertEquals("delivered dead letter " + id + "\n", printed());
    try (var files = Files.list(dir.resolve("outbox/slack"))) {
      assertTrue(files.anyMatch(file -> file.toString().contains(event.id().toString())));
    }
    assertEquals(1, operator.replay(id, receivers));
    assertEquals("ladder: there is no dead letter " + id + "\n", told());
    assertEquals("", printed());
  }

  @Test
  void saysWhyALetterStaysOne() throws Exception {
    long id = bury(signUp(), "slack");
    Files.createFile(dir.resolve("file"));
    Receivers receivers = new Receivers(null, null, "ladder@localhost", dir.resolve("file"));
    assertEquals(1, operator.replay(id, receivers));
    assertTrue(told().startsWith("ladder: it failed again and stays a dead letter: "));
    assertEquals("", printed());
    TestApp.execute("DELETE FROM dead_letters WHERE id = " + id);
  }

  @Test
  void tellsHowMuchTheJournalHasStillToDo() throws IOException {
    assertEquals(0, Operator.journalStatus(dir.resolve("none"), out));
    assertEquals(List.of("CHANNEL", "email", "audit", "slack"), firstColumn(printed()));
    try (TestApp app = TestApp.start()) {
      app.newUser();
      Await.until("all is done", PATIENCE, () -> status(app.dataDir()).matches("(?s).* 0\n.*"));
      Await.until(
          "every channel's position is stored",
          PATIENCE,
          () -> status(app.dataDir()).lines().skip(1).allMatch(line -> line.endsWith(" 0")));
    }
  }

  @Test
  void printsTheNewestKeysAndHowToSeeOlderOnes() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertEquals(0, operator.createKey("page", null));
      ids.addFirst(printed().split(" ", 3)[1]);
    }
    assertEquals(0, operator.listKeys(2, Long.parseLong(ids.getFirst()) + 1));
    assertEquals(List.of("ID", ids.get(0), ids.get(1)), firstColumn(printed()));
    assertEquals("older ones: keys list --after " + ids.get(1) + "\n", told());
    assertEquals(0, operator.listKeys(1, Long.parseLong(ids.get(1))));
    assertEquals(List.of("ID", ids.get(2)), firstColumn(printed()));
  }

  private String status(Path dataDir) {
    try {
      assertEquals(0, Operator.journalStatus(dataDir, out));
      return printed();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> firstColumn(String table) {
    return table.lines().map(line -> line.substring(0, line.indexOf(' '))).toList();
  }

  private String row(long id) {
    assertEquals(0, operator.listKeys(1, id + 1));
    return printed().lines().filter(line -> line.startsWith(id + " ")).findFirst().orElseThrow();
  }

  private static Event signUp() {
    return new Event(
        UUID.randomUUID(),
        new SignedUp(TestApp.email(), "Ada"),
        4_000_000_000L,
        Instant.EPOCH,
        "3",
        null,
        null);
  }

  private static long bury(Event event, String channel) {
    String json = new String(EventJson.write(event), UTF_8);
    return Long.parseLong(
        TestApp.sql(
            """
            INSERT INTO dead_letters (event_id, channel, event, attempts, reason)
            VALUES ('%s', '%s', '%s', 3, 'it was refused') RETURNING id
            """
                .formatted(event.id(), channel, json)));
  }

  /** What was printed since the last look. */
  private String printed() {
    return taken(printed);
  }

  /** What was said on standard error since the last look. */
  private String told() {
    return taken(told);
  }

  private static String taken(ByteArrayOutputStream from) {
    String text = from.toString(UTF_8).replace(System.lineSeparator(), "\n");
    from.reset();
    return text;
  }
}
