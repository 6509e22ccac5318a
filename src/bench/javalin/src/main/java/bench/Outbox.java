package bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a sign-up: an email, a Slack message and a line in the audit log. The files are on
 * the disk before the transaction that removes their events commits, so a crash repeats but never
 * loses them.
 */
final class Outbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final long PAUSE_MILLIS = 100;
  private static final long CLOSE_MILLIS_MAX = 5_000;

  private static final String NEXT =
      """
      SELECT id, event_id, detail FROM outbox
      ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED""";

  /** Conflicts are events that were done before. */
  private static final String DONE =
      """
      WITH done AS (
        DELETE FROM outbox WHERE id = ANY (?) RETURNING id, event_id, user_id, detail
      ), logged AS (
        INSERT INTO audit_log (event_id, action, user_id, at, detail)
        SELECT event_id, 'user.signed_up', user_id, (detail ->> 'createdAt')::timestamptz, detail
        FROM done ORDER BY id
        ON CONFLICT DO NOTHING
      )
      INSERT INTO deliveries (event_id, channel)
      SELECT event_id, channel FROM done, unnest(ARRAY['email', 'slack', 'audit']) channel
      ON CONFLICT DO NOTHING""";

  private final DataSource database;
  private final ObjectMapper mapper;
  private final Path emails;
  private final Path slack;
  private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread worker = Thread.ofPlatform().name("outbox").unstarted(this::run);

  private record Event(long id, UUID eventId, String detail) {}

  Outbox(DataSource database, ObjectMapper mapper, Path dataDir) {
    this.database = database;
    this.mapper = mapper;
    this.emails = dataDir.resolve("outbox/email");
    this.slack = dataDir.resolve("outbox/slack");
  }

  void start() throws IOException {
    Files.createDirectories(emails);
    Files.createDirectories(slack);
    worker.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (!deliver()) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      // Closed: what was not committed is done after the next start.
    }
  }

  /** Whether there was something to deliver. */
  private boolean deliver() throws InterruptedException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false); // The pool rolls back what is closed without a commit.
      List<Event> events = next(connection);
      if (!events.isEmpty()) {
        write(events);
        done(connection, events);
      }
      connection.commit();
      return !events.isEmpty();
    } catch (SQLException | ExecutionException e) {
      LOG.error("a batch failed and will be tried again", e);
      return false;
    }
  }

  private static List<Event> next(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NEXT);
        ResultSet rows = statement.executeQuery()) {
      List<Event> events = new ArrayList<>();
      while (rows.next()) {
        events.add(new Event(rows.getLong(1), rows.getObject(2, UUID.class), rows.getString(3)));
      }
      return events;
    }
  }

  private static void done(Connection connection, List<Event> events) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(DONE)) {
      Object[] ids = events.stream().map(Event::id).toArray();
      statement.setArray(1, connection.createArrayOf("bigint", ids));
      statement.executeUpdate();
    }
  }

  /** Writes the files of all events, at the same time, since each waits for the disk. */
  private void write(List<Event> events) throws InterruptedException, ExecutionException {
    List<Callable<Void>> writes = new ArrayList<>();
    events.forEach(event -> writes.add(() -> write(event)));
    for (Future<Void> written : writers.invokeAll(writes)) {
      written.get();
    }
  }

  private Void write(Event event) throws IOException {
    JsonNode user = mapper.readTree(event.detail);
    String email = user.path("email").asText();
    String name = user.path("name").asText();
    String mail =
        """
        To: <%s>\r
        Subject: Welcome\r
        Content-Type: text/plain; charset=utf-8\r
        \r
        Welcome, %s!\r
        """
            .formatted(email, name);
    force(emails.resolve(event.eventId + ".eml"), mail.getBytes(StandardCharsets.UTF_8));
    force(
        slack.resolve(event.eventId + ".json"),
        mapper.writeValueAsBytes(Map.of("text", name + " <" + email + "> signed up")));
    return null;
  }

  private static void force(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  @Override
  public void close() {
    worker.interrupt();
    try {
      worker.join(CLOSE_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writers.shutdownNow();
  }
}
