package bench;

import bench.Application.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Does what follows a sign-up, at least once: the event leaves the outbox when all is done. */
@Component
class OutboxWorker {
  private static final int BATCH = 100;

  private record Event(long id, UUID eventId, User user) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final JsonMapper json;
  private final Path emails;
  private final Path slack;

  OutboxWorker(
      JdbcClient jdbc, TransactionTemplate transactions, JsonMapper json, Settings settings)
      throws IOException {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.json = json;
    this.emails = Files.createDirectories(settings.dataDir().resolve("outbox/email"));
    this.slack = Files.createDirectories(settings.dataDir().resolve("outbox/slack"));
  }

  @Scheduled(fixedDelay = 100)
  void work() {
    while (transactions.execute(transaction -> deliverBatch()) == BATCH) {}
  }

  private int deliverBatch() {
    List<Event> events =
        jdbc.sql(
                """
                SELECT id, event_id, detail FROM outbox
                ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED
                """)
            .param(BATCH)
            .query(
                (row, number) ->
                    new Event(
                        row.getLong("id"),
                        row.getObject("event_id", UUID.class),
                        json.readValue(row.getString("detail"), User.class)))
            .list();
    if (!events.isEmpty()) {
      events.forEach(this::send);
      record(events);
    }
    return events.size();
  }

  private void send(Event event) {
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

  private void record(List<Event> events) {
    Long[] ids = events.stream().map(Event::id).toArray(Long[]::new);
    jdbc.sql(
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
            """)
        .param(ids)
        .update();
  }

  private static void write(Path file, byte[] bytes) {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
