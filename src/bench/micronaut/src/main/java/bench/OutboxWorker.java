package bench;

import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Does what follows a sign-up, at least once: the event leaves the outbox when all is done. */
@Singleton
class OutboxWorker {
  private static final int BATCH = 100;

  private record Event(long id, UUID eventId, User user) {}

  private final Database database;
  private final JsonMapper json;
  private final Path emails;
  private final Path slack;

  OutboxWorker(Database database, JsonMapper json, Settings settings) throws IOException {
    this.database = database;
    this.json = json;
    this.emails = Files.createDirectories(Path.of(settings.dataDir(), "outbox", "email"));
    this.slack = Files.createDirectories(Path.of(settings.dataDir(), "outbox", "slack"));
  }

  @Scheduled(fixedDelay = "100ms")
  void work() throws SQLException {
    while (database.transact(this::deliverBatch) == BATCH) {}
  }

  private int deliverBatch(Connection connection) throws SQLException {
    try {
      List<Event> events = next(connection);
      for (Event event : events) {
        send(event);
      }
      if (!events.isEmpty()) {
        record(connection, events);
      }
      return events.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Event> next(Connection connection) throws SQLException, IOException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT id, event_id, detail FROM outbox
            ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED
            """)) {
      query.setInt(1, BATCH);
      List<Event> events = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          events.add(
              new Event(
                  row.getLong("id"),
                  row.getObject("event_id", UUID.class),
                  json.readValue(row.getString("detail"), User.class)));
        }
      }
      return events;
    }
  }

  private void send(Event event) throws IOException {
    User user = event.user();
    String email =
        """
        To: %s
        Subject: Welcome

        Welcome, %s!
        """
            .formatted(user.email(), user.name());
    Map<String, String> message =
        Map.of("text", "%s (%s) signed up".formatted(user.name(), user.email()));
    write(emails.resolve(event.eventId() + ".eml"), email.getBytes(StandardCharsets.UTF_8));
    write(slack.resolve(event.eventId() + ".json"), json.writeValueAsBytes(message));
  }

  private void record(Connection connection, List<Event> events) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            WITH event AS (
              DELETE FROM outbox WHERE id = ANY (?) RETURNING event_id, user_id, detail
            ), audit AS (
              INSERT INTO audit_log (event_id, action, user_id, at, detail)
              SELECT event_id, 'user.signed_up', user_id, now(), detail FROM event
              ON CONFLICT DO NOTHING
            )
            INSERT INTO deliveries (event_id, channel)
            SELECT event_id, channel FROM event, unnest(ARRAY['email', 'slack', 'audit']) channel
            ON CONFLICT DO NOTHING
            """)) {
      update.setObject(1, events.stream().mapToLong(Event::id).toArray());
      update.executeUpdate();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
  }
}
