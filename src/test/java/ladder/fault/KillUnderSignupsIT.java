package ladder.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ladder.harness.Await;
import ladder.harness.Connect;
import ladder.harness.LadderClient;
import ladder.harness.LadderProcess;
import ladder.harness.Load;
import ladder.harness.OwnDatabase;
import org.junit.jupiter.api.Test;

/** {@code kill -9} while many sign up: whoever was answered is there, with all that follows. */
class KillUnderSignupsIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void everyAnsweredSignUpHasItsEffectsAndNoOtherHasAny() throws Exception {
    Path data = LadderProcess.scratch("data");
    try (OwnDatabase database = new OwnDatabase()) {
      Set<Long> answered = new TreeSet<>();
      for (String round : List.of("first", "second")) {
        answered.addAll(signUpsUntilKilled(data, database.settings(), round));
      }
      try (LadderProcess ladder = LadderProcess.start(data, database.settings())) {
        awaitNothingToDo(ladder);
        Set<Long> users = ids(database, "SELECT id FROM users");
        assertTrue(users.containsAll(answered), () -> missing(answered, users));
        // Unique by event; a user with two rows would make the counts differ.
        assertEquals(users, ids(database, "SELECT user_id FROM audit_log"));
        assertEquals(
            users.size(),
            Long.parseLong(Connect.query(database.url(), "SELECT count(*) FROM audit_log")));
        Set<String> events = strings(database, "SELECT event_id FROM audit_log");
        assertEquals(events, names(data.resolve("outbox/email"), ".eml"));
        assertEquals(events, names(data.resolve("outbox/slack"), ".json"));
        assertEquals(
            Map.of("email", users.size(), "audit", users.size(), "slack", users.size()),
            deliveries(database));
      }
    }
  }

  private static Set<Long> signUpsUntilKilled(Path data, Map<String, String> settings, String round)
      throws IOException {
    try (LadderProcess ladder = LadderProcess.start(data, settings)) {
      String key = ladder.createKey();
      try (Load load =
          new Load(
              ladder.port(),
              key,
              16,
              (client, n) -> client.signUp("%s%d@example.com".formatted(round, n)))) {
        load.awaitMore(300);
        ladder.kill();
        assertEquals(List.of(), load.stop().answersBut(201));
        return load.answers().stream()
            .map(answer -> LadderClient.json(answer).get("id").longValue())
            .collect(Collectors.toSet());
      }
    }
  }

  private static void awaitNothingToDo(LadderProcess ladder) throws IOException {
    try (LadderClient admin = ladder.admin()) {
      Await.until(
          "an empty journal",
          LIMIT,
          () -> {
            try {
              JsonNode channels = LadderClient.json(admin.get("/journal")).get("channels");
              return Stream.of("email", "audit", "slack")
                  .allMatch(
                      name ->
                          channels.get(name).get("lagEntries").asLong() == 0
                              && channels.get(name).get("dead").asLong() == 0);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static Set<Long> ids(OwnDatabase database, String sql) throws SQLException {
    return strings(database, sql).stream().map(Long::valueOf).collect(Collectors.toSet());
  }

  private static Set<String> strings(OwnDatabase database, String sql) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Connection connection = Connect.postgres(database.url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private static Map<String, Integer> deliveries(OwnDatabase database) throws SQLException {
    return strings(database, "SELECT channel || ' ' || count(*) FROM deliveries GROUP BY channel")
        .stream()
        .map(row -> row.split(" ", 2))
        .collect(Collectors.toMap(row -> row[0], row -> Integer.valueOf(row[1])));
  }

  private static Set<String> names(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String missing(Set<Long> answered, Set<Long> users) {
    Set<Long> missing = new TreeSet<>(answered);
    missing.removeAll(users);
    return "answered and gone: " + missing;
  }
}
