package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
  @ParameterizedTest
  @CsvSource({
    "postgres://u:p@db:5432/app, jdbc:postgresql://db:5432/app, u, p",
    "postgresql://u:p@db/app, jdbc:postgresql://db/app, u, p",
    "postgres://u@db/app, jdbc:postgresql://db/app, u,",
    "postgres://db/app, jdbc:postgresql://db/app,,",
    "postgres://u:@db/app, jdbc:postgresql://db/app, u, ''",
    "postgres://u:p@[::1]:5433/app, jdbc:postgresql://[::1]:5433/app, u, p",
    "postgres://u:p@db/app?sslmode=require, jdbc:postgresql://db/app?sslmode=require, u, p",
    "postgres://a%40b:p%3A%2F%3F%40%25+%20@db/my%20db,"
        + " jdbc:postgresql://db/my%20db, a@b, 'p:/?@%+ '",
    "jdbc:postgresql://db:5432/app?user=u, jdbc:postgresql://db:5432/app?user=u,,",
    "jdbc:postgresql:app, jdbc:postgresql:app,,"
  })
  void parses(String url, String jdbcUrl, String user, String password) {
    Map<String, String> login = new HashMap<>();
    if (user != null) {
      login.put("user", user);
    }
    if (password != null) {
      login.put("password", password);
    }
    DatabaseUrl parsed = DatabaseUrl.parse(url);
    assertEquals(jdbcUrl, parsed.jdbcUrl());
    assertEquals(login, parsed.login());
    assertEquals(List.of(parsed), parsed.each());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://u:p@one:5432,two,[::2]:5434/app",
        "jdbc:postgresql://one:5432,two,[::2]:5434/app",
        "jdbc:postgresql://one:5432,two,[::2]:5434/app?sslmode=require"
      })
  void knowsSeveralHosts(String url) {
    DatabaseUrl parsed = DatabaseUrl.parse(url);
    assertEquals(List.of("one:5432", "two", "[::2]:5434"), parsed.hosts());
    assertTrue(parsed.jdbcUrl().startsWith("jdbc:postgresql://one:5432,two,[::2]:5434/app"));
  }

  @Test
  void givesTheUrlOfEachHost() {
    DatabaseUrl several = DatabaseUrl.parse("postgres://u:p@one:5432,two/app?sslmode=require");
    List<DatabaseUrl> each = several.each();
    assertEquals(
        List.of(
            "jdbc:postgresql://one:5432/app?sslmode=require",
            "jdbc:postgresql://two/app?sslmode=require"),
        each.stream().map(DatabaseUrl::jdbcUrl).toList());
    assertTrue(each.stream().allMatch(url -> url.login().equals(several.login())));
  }

  @Test
  void aCommaInAParameterIsNoSecondHost() {
    List<String> one = List.of("db");
    assertEquals(one, DatabaseUrl.parse("jdbc:postgresql://db/app?options=a,b").hosts());
    assertEquals(one, DatabaseUrl.parse("postgres://db/app?options=a,b").hosts());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "db:5432/app",
        "mysql://u:secret@db/app",
        "postgres://u:secret@db",
        "postgres://u:secret@db/",
        "postgres:///app",
        "postgres://u:secret@/app",
        "postgres://u:secret@db:0x1/app",
        "postgres://u:secret@db:65536/app",
        "postgres://u:secret@one,,two/app",
        "postgres://u:secret@d b/app",
        "postgres://u:sec/ret@db",
        "postgres://u:sec/ret@db/app",
        "postgres://u:sec@ret@db/app",
        "postgres://u:secret%@db/app",
        "postgres://u:secret%zz@db/app",
        "jdbc:postgresql://u:secret@db/app"
      })
  void refusesWithASentenceThatShowsNothingOfTheUrl(String url) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DatabaseUrl.parse(url)).getMessage();
    assertTrue(message.startsWith("must ") || message.startsWith("has "), message);
    assertFalse(message.contains("sec") || message.contains("ret@"), message);
  }

  @Test
  void showsNoPassword() {
    assertEquals(
        "jdbc:postgresql://db/app", DatabaseUrl.parse("postgres://u:secret@db/app").toString());
    assertEquals(
        "jdbc:postgresql://db/app",
        DatabaseUrl.parse("jdbc:postgresql://db/app?user=u&password=secret").toString());
  }

  @Test
  void withoutAUserThereIsNone() {
    DatabaseUrl url = DatabaseUrl.parse("postgres://db/app");
    assertEquals(Map.of(), url.login());
  }
}
