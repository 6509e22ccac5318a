package bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** What follows a sign-up: an email, a message for Slack and an entry in the audit log. */
@ApplicationScoped
class Outbox {
  static final int BATCH = 100;

  private final DataSource database;
  private final ObjectMapper json;
  private final ExecutorService threads;
  private final Path email;
  private final Path slack;

  private record Event(long id, UUID eventId, User user) {}

  Outbox(
      DataSource database,
      ObjectMapper json,
      @VirtualThreads ExecutorService threads,
      Settings settings)
      throws IOException {
    this.database = database;
    this.json = json;
    this.threads = threads;
    email = Files.createDirectories(settings.dataDir().resolve("outbox/email"));
    slack = Files.createDirectories(settings.dataDir().resolve("outbox/slack"));
  }

  /**
   * Delivers the oldest events, and answers how many. The files are on the disk before the
   * transaction commits: after a crash an event is delivered again, never lost.
   */
  @Transactional(rollbackOn = Exception.class)
  int deliver() throws Exception {
    try (var connection = database.getConnection()) {
      List<Event> events = oldest(connection);
      if (!events.isEmpty()) {
        write(events);
        settle(connection, events);
      }
      return events.size();
    }
  }

  private List<Event> oldest(Connection connection) throws SQLException, IOException {
    try (var select =
        connection.prepareStatement(
            """
            SELECT id, event_id, detail FROM outbox
            ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED""")) {
      select.setInt(1, BATCH);
      List<Event> events = new ArrayList<>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          events.add(
              new Event(
                  rows.getLong("id"),
                  rows.getObject("event_id", UUID.class),
                  json.readValue(rows.getString("detail"), User.class)));
        }
      }
      return events;
    }
  }

  /** All files at once, so that the file system may force many with one write of its journal. */
  private void write(List<Event> events) throws Exception {
    List<Callable<Void>> files = new ArrayList<>();
    for (Event event : events) {
      files.add(() -> write(email.resolve(event.eventId() + ".eml"), letter(event.user())));
      files.add(() -> write(slack.resolve(event.eventId() + ".json"), message(event.user())));
    }
    for (Future<Void> file : threads.invokeAll(files)) {
      file.get();
    }
  }

  private static byte[] letter(User user) {
    return """
        To: %s
        Subject: Welcome

        Welcome, %s!
        """
        .formatted(user.email(), user.name())
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] message(User user) throws IOException {
    return json.writeValueAsBytes(
        Map.of("text", "%s <%s> signed up".formatted(user.name(), user.email())));
  }

  private static Void write(Path path, byte[] bytes) throws IOException {
    try (var file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      file.force(true);
    }
    return null;
  }

  private static void settle(Connection connection, List<Event> events) throws SQLException {
    var ids = connection.createArrayOf("bigint", events.stream().map(Event::id).toArray());
    for (String sql :
        List.of(
            """
            INSERT INTO audit_log (event_id, action, user_id, at, detail)
            SELECT event_id, 'user.signed_up', user_id, now(), detail
            FROM outbox WHERE id = ANY (?) ORDER BY id
            ON CONFLICT DO NOTHING""",
            """
            INSERT INTO deliveries (event_id, channel)
            SELECT event_id, channel
            FROM outbox CROSS JOIN unnest(ARRAY['email', 'slack', 'audit']) AS channel
            WHERE id = ANY (?)
            ON CONFLICT DO NOTHING""",
            "DELETE FROM outbox WHERE id = ANY (?)")) {
      try (var statement = connection.prepareStatement(sql)) {
        statement.setArray(1, ids);
        statement.executeUpdate();
      }
    }
  }
}
