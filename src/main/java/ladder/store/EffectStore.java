package ladder.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import ladder.channel.AuditChannel;
import ladder.db.Database;
import ladder.db.DatabaseException;
import ladder.failure.UnavailableException;
import ladder.journal.Event;
import ladder.journal.EventJson;
import ladder.journal.Ledger;
import ladder.json.Json;

/**
 * What the database knows of journal entries: tables {@code deliveries}, {@code dead_letters} and
 * {@code audit_log}.
 *
 * <p>The entry was written before its sign-up committed, so the first question is whether that did.
 * PostgreSQL itself answers it, exactly and even after a crash, from the transaction's id ({@code
 * pg_xact_status}). Only for a transaction so old that it has forgotten, or one of another history
 * (a restored backup), does the user's existence have to stand in.
 *
 * <p>Many events go to the database as one JSON parameter. Every method throws {@link
 * UnavailableException} when the primary cannot answer now, and {@link DatabaseException} when the
 * statement fails. Thread-safe.
 */
public final class EffectStore implements Ledger {
  /** The longest that a claim to replay holds; longer than any delivery takes. */
  static final Duration CLAIM_MAX = Duration.ofMinutes(10);

  /** Beyond {@link Ledger#MEMORY}, for clocks that differ. */
  private static final Duration MEMORY_MARGIN = Duration.ofDays(1);

  private static final int LIST_MAX = 1_000;

  private static final String LETTER = " id, channel, event, attempts, reason, died_at ";

  /**
   * Scalar subqueries, because PostgreSQL may answer an {@code EXISTS} from a hash of the whole
   * table, and does so while its statistics lag behind a table that grows.
   */
  static final String STANDINGS =
      """
      SELECT e.id, coalesce(
          CASE WHEN "transactionId" < pg_snapshot_xmax(pg_current_snapshot())
                 THEN pg_xact_status("transactionId")
               WHEN "transactionId" < pg_current_xact_id()
                 THEN pg_xact_status("transactionId") END,
          'forgotten') AS fate,
        coalesce((SELECT true FROM deliveries WHERE event_id = e.id AND channel = ?),
          (SELECT true FROM dead_letters WHERE event_id = e.id AND channel = ?), false) AS done,
        (SELECT true FROM users WHERE id = e."userId") AS user_exists
      FROM jsonb_to_recordset(?::jsonb) AS e (id uuid, "userId" bigint, "transactionId" xid8)
      """;

  private final Database database;

  public EffectStore(Database database) {
    this.database = database;
  }

  /**
   * {@code pg_xact_status} fails on an id that was not given out yet, as in a journal older than a
   * restored database. What is below the snapshot's end was; for the few others, running by all
   * likelihood, taking an id ourselves shows it.
   */
  @Override
  public Map<UUID, Standing> standings(List<Event> events, String channel) {
    return database
        .readPrimary(
            tx ->
                tx.query(
                    STANDINGS,
                    row -> Map.entry(row.getObject("id", UUID.class), standing(row)),
                    channel,
                    channel,
                    rows(events)))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (_, last) -> last));
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

  /**
   * In one transaction also closes their dead letters, if there are any, and writes the audit rows
   * when the channel is the audit log: that is what makes it exactly-once.
   */
  @Override
  public void delivered(List<Event> events, String channel) {
    String audit =
        """
        INSERT INTO audit_log (event_id, action, user_id, at, detail)
        SELECT (e ->> 'id')::uuid, e ->> 'action', (e ->> 'userId')::bigint,
          (e ->> 'at')::timestamptz,
          jsonb_strip_nulls(e - '{id,action,userId,at,transactionId,traceparent}'::text[])
        FROM jsonb_array_elements(?::jsonb) AS e
        ON CONFLICT (event_id) DO NOTHING
        """;
    String delivery =
        """
        INSERT INTO deliveries (event_id, channel)
        SELECT id, ? FROM jsonb_to_recordset(?::jsonb) AS e (id uuid)
        ON CONFLICT DO NOTHING
        """;
    String letter =
        """
        UPDATE dead_letters SET closed_at = now() WHERE closed_at IS NULL AND channel = ?
          AND event_id IN (SELECT id FROM jsonb_to_recordset(?::jsonb) AS e (id uuid))
        """;
    String rows = rows(events);
    int _ =
        database.write(
            tx -> {
              if (channel.equals(AuditChannel.NAME)) {
                int _ = tx.update(audit, rows);
              }
              return tx.update(delivery, channel, rows) + tx.update(letter, channel, rows);
            });
  }

  /** The events as one parameter of a statement: an array of objects. */
  private static String rows(List<Event> events) {
    return new String(Json.write(events.stream().map(EventJson::members).toList()), UTF_8);
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
    int _ = database.write(tx -> tx.update(sql, event.id(), channel, json, attempts, text));
  }

  /** Open dead letters, oldest first. */
  public List<DeadLetter> deadLetters() {
    String sql =
        "SELECT" + LETTER + "FROM dead_letters WHERE closed_at IS NULL ORDER BY id LIMIT ?";
    return database.readPrimary(tx -> tx.query(sql, EffectStore::letter, LIST_MAX));
  }

  /** Whether there is an open letter with this id, claimed or not. */
  public boolean isOpen(long id) {
    String sql = "SELECT 1 FROM dead_letters WHERE closed_at IS NULL AND id = ?";
    return database.readPrimary(tx -> tx.first(sql, row -> row.getInt(1), id)).isPresent();
  }

  /**
   * Claims an open letter, so that of several replays one delivers it. The claim ends with {@link
   * #release} or {@link #delivered}, and by itself after {@link #CLAIM_MAX}: a replay that dies
   * loses nothing.
   *
   * @return empty when there is no such letter or another claim holds
   */
  public Optional<DeadLetter> claim(long id) {
    String sql =
        """
        UPDATE dead_letters SET claimed_until = now() + make_interval(secs => ?)
        WHERE id = ? AND closed_at IS NULL AND (claimed_until IS NULL OR claimed_until <= now())
        RETURNING
        """
            + LETTER;
    return database.write(tx -> tx.first(sql, EffectStore::letter, CLAIM_MAX.toSeconds(), id));
  }

  /** Ends a claim without success: the letter stays open. */
  public void release(long id) {
    String sql = "UPDATE dead_letters SET claimed_until = NULL WHERE id = ?";
    int _ = database.write(tx -> tx.update(sql, id));
  }

  /** Closes a letter without a delivery; false when there is no open one. */
  public boolean close(long id) {
    String sql = "UPDATE dead_letters SET closed_at = now() WHERE id = ? AND closed_at IS NULL";
    return database.write(tx -> tx.update(sql, id)) == 1;
  }

  /**
   * Forgets deliveries and closed letters that are older than {@link Ledger#MEMORY}; the audit log
   * and open letters stay.
   *
   * @param rowsMax of each table at most
   * @return how many rows are gone
   */
  public int prune(int rowsMax) {
    String deliveries =
        """
        DELETE FROM deliveries WHERE (event_id, channel) IN (
          SELECT event_id, channel FROM deliveries
          WHERE delivered_at < now() - make_interval(secs => ?)
          ORDER BY delivered_at LIMIT ? FOR UPDATE SKIP LOCKED)
        """;
    String letters =
        """
        DELETE FROM dead_letters WHERE id IN (
          SELECT id FROM dead_letters WHERE closed_at < now() - make_interval(secs => ?)
          ORDER BY closed_at LIMIT ? FOR UPDATE SKIP LOCKED)
        """;
    long seconds = MEMORY.plus(MEMORY_MARGIN).toSeconds();
    return database.write(
        tx -> tx.update(deliveries, seconds, rowsMax) + tx.update(letters, seconds, rowsMax));
  }

  private static DeadLetter letter(ResultSet row) throws SQLException {
    return new DeadLetter(
        row.getLong("id"),
        row.getString("channel"),
        EventJson.read(row.getString("event").getBytes(UTF_8)),
        row.getInt("attempts"),
        row.getString("reason"),
        row.getObject("died_at", OffsetDateTime.class).toInstant());
  }
}
