package ladder.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import ladder.harness.PgBouncer;
import ladder.harness.PgBouncer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code scripts/pgbouncer} says instead of starting; {@code true} stands for the program. */
class PgBouncerScriptTest {
  private static final String URL = "postgres://ladder:secret@127.0.0.1:5432/ladder";

  @TempDir private Path world;

  private Answer start(Map<String, String> variables, String... port) {
    String[] arguments = new String[2 + port.length];
    arguments[0] = "start";
    arguments[1] = world.resolve("pgbouncer").toString();
    System.arraycopy(port, 0, arguments, 2, port.length);
    return PgBouncer.script(variables, arguments);
  }

  private static void assertOneSentence(Answer answer, String part) {
    assertEquals(1, answer.status(), answer::errors);
    assertEquals(1, answer.errors().lines().count(), answer::errors);
    assertTrue(answer.errors().contains(part), answer::errors);
    assertFalse(answer.errors().contains("secret"), answer::errors);
  }

  @Test
  void namesThePackageThatIsMissing() {
    Map<String, String> none = Map.of("PGBOUNCER", "no-such-bouncer", "LADDER_DATABASE_URL", URL);
    assertOneSentence(start(none), "apt install pgbouncer");
  }

  @Test
  void namesTheSettingThatIsMissing() {
    assertOneSentence(start(Map.of("PGBOUNCER", "true")), "LADDER_DATABASE_URL is not set");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://127.0.0.1/ladder?user=ladder&password=secret, must look like postgres://",
    "'postgres://ladder:secret@a,b/ladder', several hosts",
    "'postgres://ladder:secret@a:1,b:2/ladder', different ports",
  })
  void saysWhatIsWrongWithAUrlWithoutShowingIt(String url, String part) {
    assertOneSentence(start(Map.of("PGBOUNCER", "true", "LADDER_DATABASE_URL", url)), part);
  }

  @Test
  void refusesATimeThatIsNone() {
    Map<String, String> odd =
        Map.of(
            "PGBOUNCER",
            "true",
            "LADDER_DATABASE_URL",
            URL,
            "LADDER_STATEMENT_TIMEOUT",
            "5 apples");
    assertOneSentence(start(odd), "such as 250ms");
  }

  @Test
  void refusesAPortThatIsNoNumber() {
    Map<String, String> good = Map.of("PGBOUNCER", "true", "LADDER_DATABASE_URL", URL);
    assertOneSentence(start(good, "port"), "must be a number");
  }

  @Test
  void saysThatItDidNotStartAndLeavesNoUrlsBehind() {
    assertOneSentence(
        start(Map.of("PGBOUNCER", "true", "LADDER_DATABASE_URL", URL)), "did not start");
    assertFalse(Files.exists(world.resolve("pgbouncer/pgbouncer.env")));
  }

  @Test
  void saysThatThereIsNoneToStop() {
    assertOneSentence(PgBouncer.script(Map.of(), "stop", world.toString()), "none runs in");
  }

  @Test
  void showsItsUsage() {
    assertEquals(2, PgBouncer.script(Map.of()).status());
    assertEquals(2, PgBouncer.script(Map.of(), "begin", world.toString()).status());
  }
}
