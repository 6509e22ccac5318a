package ladder.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import ladder.channel.AuditTrail;
import ladder.db.Database;
import ladder.db.DatabaseException;
import ladder.db.Transaction;
import ladder.db.Work;
import ladder.failure.UnavailableException;
import ladder.journal.Event;
import ladder.journal.EventJson;
import ladder.journal.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows of a journal entry: tables {@code deliveries}, {@code dead_letters} and
 * {@code audit_log}.
 *
 * <p>The entry was written before its sign-up committed, so the first question is whether that did.
 * PostgreSQL itself answers it, exactly and even after a crash, from the transaction's id ({@code
 * pg_xact_status}). Only for a transaction so old that it has forgotten, or one of another history
 * (a restored backup), does the user's existence have to stand in.
 */
public final class EffectStore implements Ledger, AuditTrail {
  private static final int LIST_MAX = 1_000;

  /** PostgreSQL's code for a transaction id that it has not given out yet. */
  private static final String INVALID_PARAMETER = "22023";

  private static final String OPEN_LETTERS =
      """
      SELECT id, channel, event, attempts, reason, died_at FROM dead_letters
      WHERE closed_at IS NULL
      """;

  private final Database database;

  public EffectStore(Database database) {
    this.database = database;
  }

  @Override
  public Standing standing(Event event, String channel) {
    return asked(
        () -> {
          try {
            return database.readPrimary(tx -> standing(tx, event, channel, event.transactionId()));
          } catch (DatabaseException e) {
            if (e.getCause() instanceof SQLException cause
                && INVALID_PARAMETER.equals(cause.getSQLState())) {
              return database.readPrimary(tx -> standing(tx, event, channel, null));
            }
            throw e;
          }
        });
  }

  @Override
  public void delivered(Event event, String channel) {
    write(tx -> insertDelivery(tx, event, channel));
  }

  @Override
  public void dead(Event event, String channel, int attempts, String reason) {
    String sql =
        """
        INSERT INTO dead_letters (event_id, channel, event, attempts, reason)
        VALUES (?, ?, ?::jsonb, ?, ?)
        ON CONFLICT (event_id, channel) DO NOTHING
        """;
    String json = new String(EventJson.write(event), UTF_8);
    String text = reason.replace('\0', ' ');
    write(tx -> tx.update(sql, event.id(), channel, json, attempts, text));
  }

  /**
   * The audit row and the record of its delivery, in one transaction: never one without the other.
   */
  @Override
  public void record(Event event) {
    String sql =
        """
        INSERT INTO audit_log (event_id, action, user_id, at, detail)
        VALUES (?, ?, ?, ?, jsonb_strip_nulls(
          jsonb_build_object('email', ?::text, 'name', ?::text, 'requestId', ?::text)))
        ON CONFLICT (event_id) DO NOTHING
        """;
    write(
        tx -> {
          int _ =
              tx.update(
                  sql,
                  event.id(),
                  event.action(),
                  event.userId(),
                  event.at().atOffset(ZoneOffset.UTC),
                  event.email(),
                  event.name(),
                  event.requestId());
          return insertDelivery(tx, event, AuditTrail.CHANNEL);
        });
  }

  /** Open dead letters, oldest first. */
  public List<DeadLetter> deadLetters() {
    return database.readPrimary(
        tx -> tx.query(OPEN_LETTERS + "ORDER BY id LIMIT ?", EffectStore::letter, LIST_MAX));
  }

  public Optional<DeadLetter> deadLetter(long id) {
    return database.readPrimary(
        tx -> tx.first(OPEN_LETTERS + "AND id = ?", EffectStore::letter, id));
  }

  /** Closes a letter, replayed or discarded; false when there is no open one. */
  public boolean close(long id) {
    String sql = "UPDATE dead_letters SET closed_at = now() WHERE id = ? AND closed_at IS NULL";
    return database.write(tx -> tx.update(sql, id)) == 1;
  }

  private static Standing standing(
      Transaction tx, Event event, String channel, @Nullable String transactionId)
      throws SQLException {
    String sql =
        """
        SELECT coalesce(pg_xact_status(?::xid8), 'forgotten') AS fate,
          EXISTS (SELECT FROM deliveries WHERE event_id = ? AND channel = ?)
            OR EXISTS (SELECT FROM dead_letters WHERE event_id = ? AND channel = ?) AS done,
          EXISTS (SELECT FROM users WHERE id = ?) AS user_exists
        """;
    return tx.first(
            sql,
            EffectStore::standing,
            transactionId,
            event.id(),
            channel,
            event.id(),
            channel,
            event.userId())
        .orElseThrow();
  }

  private static Standing standing(ResultSet row) throws SQLException {
    if (row.getBoolean("done")) {
      return Standing.DONE;
    }
    return switch (row.getString("fate")) {
      case "in progress" -> Standing.PENDING;
      case "committed" -> Standing.DUE;
      case "aborted" -> Standing.VOID;
      default -> row.getBoolean("user_exists") ? Standing.DUE : Standing.VOID;
    };
  }

  private static int insertDelivery(Transaction tx, Event event, String channel)
      throws SQLException {
    String sql = "INSERT INTO deliveries (event_id, channel) VALUES (?, ?) ON CONFLICT DO NOTHING";
    return tx.update(sql, event.id(), channel);
  }

  private static DeadLetter letter(ResultSet row) throws SQLException {
    return new DeadLetter(
        row.getLong("id"),
        row.getString("channel"),
        read(row.getString("event")),
        row.getInt("attempts"),
        row.getString("reason"),
        row.getObject("died_at", OffsetDateTime.class).toInstant());
  }

  private static Event read(String json) {
    try {
      return EventJson.read(json.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Work<Integer> work) {
    asked(() -> database.write(work));
  }

  private static <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (UnavailableException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
