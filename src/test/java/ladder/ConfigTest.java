package ladder;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import ladder.failure.StartupException;
import ladder.http.Listener;
import ladder.limit.Quota;
import ladder.settings.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static Config config(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put("LADDER_" + namesAndValues[i], namesAndValues[i + 1]);
    }
    return Config.from(variables);
  }

  private static String endpoint(Listener.Options listener) {
    return listener.host() + ":" + listener.port();
  }

  private static List<String> problems(String... namesAndValues) {
    return assertThrows(StartupException.class, () -> config(namesAndValues))
        .getMessage()
        .lines()
        .toList();
  }

  @Test
  void theDefaultsAreThoseOfTheContract() {
    Config config = config();
    assertEquals("127.0.0.1:8080", endpoint(config.http()));
    assertEquals("127.0.0.1:8081", endpoint(config.admin()));
    assertNull(config.adminToken());
    assertNull(config.databaseUrl());
    assertNull(config.replicaUrl());
    assertNull(config.redisUrl());
    assertEquals(Path.of("data").toAbsolutePath(), config.dataDir());
    assertNull(config.receivers().smtpUrl());
    assertNull(config.receivers().slackWebhook());
    assertEquals(new Quota(100, ofSeconds(60)), config.rateLimit());
    assertEquals(ofMinutes(5), config.cache().timeToLive());
    assertEquals(EnumSet.allOf(Rung.class), config.rungs());
    assertEquals(List.of(), config.http().trustedProxies());
    assertFalse(config.logJson());
  }

  @Test
  void aBlankSettingIsAsGoodAsNone() {
    Config config = config("PORT", "", "DATABASE_URL", "  ", "CACHE_TTL", "\t");
    assertEquals(8080, config.http().port());
    assertNull(config.databaseUrl());
    assertEquals(ofMinutes(5), config.cache().timeToLive());
  }

  @Test
  void readsWhatIsSet() {
    Config config =
        config(
            "HOST", "0.0.0.0",
            "PORT", "0",
            "ADMIN_HOST", "::",
            "ADMIN_TOKEN", "token",
            "DATABASE_URL", "postgres://u:p@db/app",
            "REPLICA_URL", "postgres://u:p@one,two/app",
            "REDIS_URL", " rediss://:p@cache:6380 ",
            "SMTP_URL", "smtp://u:p@mail:587?starttls=true",
            "SLACK_WEBHOOK_URL", "https://hooks.example.org/services/T/B/x",
            "RATE_LIMIT", "5/1s",
            "TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8",
            "LOG_FORMAT", "json",
            "JOURNAL_SYNC", "none");
    assertEquals("0.0.0.0:0", endpoint(config.http()));
    assertEquals(":::8081", endpoint(config.admin()));
    assertEquals("token", config.adminToken());
    assertEquals("postgres://u:p@one,two/app", config.replicaUrl());
    assertEquals("rediss://:p@cache:6380", config.redisUrl());
    assertEquals("hooks.example.org", String.valueOf(config.receivers().slackWebhook().getHost()));
    assertEquals(new Quota(5, ofSeconds(1)), config.rateLimit());
    assertEquals(2, config.http().trustedProxies().size());
    assertTrue(config.logJson());
    assertFalse(config.journal().sync());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://h",
        "redis-sentinel://:p@one:26379,two#master",
        "redis://u:p@[::1]:6379/2"
      })
  void knowsRedissUrls(String url) {
    assertEquals(url, config("REDIS_URL", url).redisUrl());
  }

  @Test
  void durationsHaveUnits() {
    assertEquals(ofMillis(250), config("CACHE_TTL", "250ms").cache().timeToLive());
    assertEquals(ofMinutes(5), config("CACHE_TTL", "300s").cache().timeToLive());
    assertEquals(ofMinutes(5), config("CACHE_TTL", "5m").cache().timeToLive());
    assertEquals(ofHours(24), config("CACHE_TTL", "24h").cache().timeToLive());
    assertEquals(Duration.ZERO, config("KEY_CACHE", "0s").keyCache());
  }

  @Test
  void rungsAreNamedOneByOneOrTogether() {
    assertEquals(Set.of(), config("RUNGS", "none").rungs());
    Config config = config("RUNGS", "cache, limit");
    assertEquals(Set.of(Rung.CACHE, Rung.LIMIT), config.rungs());
    assertTrue(config.has(Rung.CACHE));
    assertFalse(config.has(Rung.POOL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PORT | 65536 | must be a whole number from 0 to 65535, not '65536'",
        "PORT | -1 | must be a whole number from 0 to 65535, not '-1'",
        "PORT | http | must be a whole number from 0 to 65535, not 'http'",
        "ADMIN_PORT | 1e3 | must be a whole number from 0 to 65535, not '1e3'",
        "ADMIN_PORT | 8080 | must differ from LADDER_PORT",
        "POOL_SIZE | 0 | must be a whole number from 1 to 1000, not '0'",
        "CACHE_TTL | 300 | must be a time such as 250ms, 30s, 5m or 24h, not '300'",
        "CACHE_TTL | 99ms | must be from 100ms to 604800s, not '99ms'",
        "CACHE_TTL | 999999999h | must be from 100ms to 604800s, not '999999999h'",
        "POOL_WAIT | 1ms | must be from 250ms to 30s, not '1ms'",
        "RATE_LIMIT | 100/min | must look like 100/60s",
        "RATE_LIMIT | 0/60s | must allow 1 to 100000 requests",
        "RUNGS | cache,cash | knows cache,pool,replica,background,limit, all and none, not 'cash'",
        "LOG_FORMAT | xml | must be 'json' or 'text', not 'xml'",
        "MAIL_FROM | nobody | must be an address such as Ladder <hello@example.com>",
        "SLACK_WEBHOOK_URL | hooks.example.org | must look like https://host/path",
      })
  void aBadValueIsToldWithItsNameAndTheRemedy(String name, String value, String sentence) {
    assertEquals(List.of("LADDER_" + name + " " + sentence), problems(name, value));
  }

  @ParameterizedTest
  @CsvSource({
    "DATABASE_URL, mysql://u:s3cret@db/app",
    "DATABASE_URL, postgres://u:s3cret@db:99999/app",
    "DATABASE_URL, postgres://u:s3cret/%@db/app",
    "DATABASE_URL, jdbc:postgresql://u:s3cret@db/app",
    "REDIS_URL, http://:s3cret@cache",
    "REDIS_URL, redis://:s3cret@cache:port",
    "REDIS_URL, redis://:s3cret@my_cache:6379",
    "REDIS_URL, redis-sentinel://:s3cret@one:26379,two",
    "SMTP_URL, imap://u:s3cret@mail",
    "SMTP_URL, smtp://u:s3cret%zz@mail",
    "SLACK_WEBHOOK_URL, https://hooks.example.org/{s3cret",
    "SLACK_WEBHOOK_URL, https:///s3cret"
  })
  void noMessageShowsASecret(String name, String value) {
    List<String> problems = problems(name, value);
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().startsWith("LADDER_" + name + " "), problems.getFirst());
    assertFalse(problems.getFirst().contains("s3cret"), problems.getFirst());
  }

  @Test
  void aConfigShowsNoSecretWhenItIsPrinted() {
    Config config =
        config(
            "ADMIN_TOKEN", "s3cret",
            "DATABASE_URL", "postgres://u:s3cret@db/app",
            "REDIS_URL", "redis://:s3cret@cache",
            "SMTP_URL", "smtp://u:s3cret@mail",
            "SLACK_WEBHOOK_URL", "https://hooks.example.org/s3cret");
    assertFalse(config.toString().contains("s3cret"), config.toString());
  }

  @Test
  void allThatIsBadIsToldAtOnce() {
    List<String> problems =
        problems(
            "PORT",
            "x",
            "RATE_LIMIT",
            "x",
            "CACHE_TTL",
            "x",
            "RUNGS",
            "x",
            "REDIS_URL",
            "x",
            "RETRY_MIN",
            "2h",
            "REPLICA_URL",
            "postgres://db/app",
            "ADMIN_HOST",
            "0.0.0.0");
    assertEquals(
        Set.of(
            "LADDER_PORT",
            "LADDER_RATE_LIMIT",
            "LADDER_CACHE_TTL",
            "LADDER_RUNGS",
            "LADDER_REDIS_URL",
            "LADDER_RETRY_MIN",
            "LADDER_REPLICA_URL",
            "LADDER_ADMIN_TOKEN"),
        problems.stream().map(p -> p.substring(0, p.indexOf(' '))).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void offLoopbackTheAdminListenerNeedsAToken(String host) {
    assertEquals(
        List.of("LADDER_ADMIN_TOKEN must be set when LADDER_ADMIN_HOST is not a loopback address"),
        problems("ADMIN_HOST", host));
    assertEquals(host, config("ADMIN_HOST", host, "ADMIN_TOKEN", "t").admin().host());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
  void onLoopbackItNeedsNone(String host) {
    assertEquals(host, config("ADMIN_HOST", host).admin().host());
  }

  @Test
  void bothListenersMayPickFreePorts() {
    assertEquals(0, config("PORT", "0", "ADMIN_PORT", "0").admin().port());
  }

  @Test
  void namesThatAreNoSettingAreFound() {
    Map<String, String> variables =
        Map.of("LADDER_DATABSE_URL", "x", "LADDER_API_KEY", "x", "LADDER_PORT", "1", "HOME", "/");
    assertEquals(List.of("LADDER_DATABSE_URL"), Config.from(variables).unknown());
  }

  @Test
  void everySettingOfTheTableIsReadByAPart() {
    Set<String> read = new HashSet<>();
    Map<String, String> variables =
        new AbstractMap<>() {
          @Override
          public String get(Object name) {
            read.add((String) name);
            return null;
          }

          @Override
          public Set<Entry<String, String>> entrySet() {
            return Set.of();
          }
        };
    Config _ = Config.from(variables);
    assertEquals(Config.TABLE.stream().map(Setting::name).collect(Collectors.toSet()), read);
  }

  @Test
  void theDocumentListsEverySettingWithItsDefault() throws IOException {
    String page = Files.readString(Path.of("src", "site", "markdown", "settings.md"));
    for (Setting setting : Config.TABLE) {
      String fallback = setting.fallback() == null ? "" : "`" + setting.fallback() + "` |";
      String row = "\n| `%s` | %s".formatted(setting.name(), fallback);
      assertTrue(page.contains(row), row);
    }
    assertEquals(
        Config.TABLE.size(), page.lines().filter(line -> line.startsWith("| `LADDER_")).count());
  }

  @Test
  void everySettingHasAMeaningAndNoneStandsTwice() {
    List<String> names = Config.TABLE.stream().map(Setting::name).toList();
    assertEquals(names.size(), Set.copyOf(names).size());
    assertTrue(Config.TABLE.stream().noneMatch(setting -> setting.meaning().isBlank()));
  }
}
