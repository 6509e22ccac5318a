package bench;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What follows a sign-up: an email, a Slack message and a line in the audit log. The files are on
 * the disk before the transaction that removes their events commits, so a crash repeats but never
 * loses them.
 */
final class Outbox extends VerticleBase {
  private static final Logger LOG = LogManager.getLogger(Outbox.class);
  private static final long PAUSE_MILLIS = 100;

  private static final String NEXT =
      """
      SELECT id, event_id, detail FROM outbox
      ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED""";

  /** Conflicts are events that were done before. */
  private static final String DONE =
      """
      WITH done AS (
        DELETE FROM outbox WHERE id = ANY ($1) RETURNING id, event_id, user_id, detail
      ), logged AS (
        INSERT INTO audit_log (event_id, action, user_id, at, detail)
        SELECT event_id, 'user.signed_up', user_id, (detail ->> 'createdAt')::timestamptz, detail
        FROM done ORDER BY id
        ON CONFLICT DO NOTHING
      )
      INSERT INTO deliveries (event_id, channel)
      SELECT event_id, channel FROM done, unnest(ARRAY['email', 'slack', 'audit']) channel
      ON CONFLICT DO NOTHING""";

  private final Pool pool;
  private final Path emails;
  private final Path slack;

  Outbox(Config config, Pool pool) {
    this.pool = pool;
    this.emails = config.dataDir().resolve("outbox/email");
    this.slack = config.dataDir().resolve("outbox/slack");
  }

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(
            () -> {
              Files.createDirectories(emails);
              return Files.createDirectories(slack);
            })
        .onSuccess(made -> run());
  }

  private void run() {
    pool.withTransaction(this::deliver)
        .onComplete(
            delivered -> {
              if (delivered > 0) {
                run();
              } else {
                pause();
              }
            },
            failure -> {
              LOG.error("a batch failed and will be tried again", failure);
              pause();
            });
  }

  private void pause() {
    vertx.setTimer(PAUSE_MILLIS, timer -> run());
  }

  /** Answers with the number of events that were delivered. */
  private Future<Integer> deliver(SqlConnection connection) {
    return connection
        .preparedQuery(NEXT)
        .execute()
        .compose(
            events -> {
              if (events.size() == 0) {
                return Future.succeededFuture(0);
              }
              List<Long> ids = new ArrayList<>();
              List<Future<Void>> written = new ArrayList<>();
              for (Row event : events) {
                ids.add(event.getLong("id"));
                UUID eventId = event.getUUID("event_id");
                JsonObject user = event.getJsonObject("detail");
                written.add(vertx.executeBlocking(() -> write(eventId, user), false));
              }
              return Future.all(written)
                  .compose(
                      all ->
                          connection
                              .preparedQuery(DONE)
                              .execute(Tuple.of(ids.toArray(Long[]::new))))
                  .map(events.size());
            });
  }

  private Void write(UUID eventId, JsonObject user) throws IOException {
    String email = user.getString("email");
    String name = user.getString("name");
    force(
        emails.resolve(eventId + ".eml"),
        """
        To: <%s>\r
        Subject: Welcome\r
        Content-Type: text/plain; charset=utf-8\r
        \r
        Welcome, %s!\r
        """
            .formatted(email, name));
    force(
        slack.resolve(eventId + ".json"),
        new JsonObject().put("text", name + " <" + email + "> signed up").encode());
    return null;
  }

  private static void force(Path file, String content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
