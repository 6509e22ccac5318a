package ladder.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import ladder.channel.AuditTrail;
import ladder.db.Database;
import ladder.db.DatabaseException;
import ladder.db.DatabaseUnavailableException;
import ladder.db.Transaction;
import ladder.db.Work;
import ladder.http.Json;
import ladder.journal.Event;
import ladder.journal.EventJson;
import ladder.journal.Ledger;
import ladder.journal.LedgerException;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows of a journal entry: tables {@code deliveries}, {@code dead_letters} and
 * {@code audit_log}.
 *
 * <p>The entry was written before its sign-up committed, so the first question is whether that came
 * to pass. PostgreSQL itself answers it, exactly and even after a crash, from the transaction's id
 * ({@code pg_xact_status}). Only for a transaction so old that it has forgotten, or one of another
 * history (a restored backup), does the user's existence have to stand in.
 */
public final class EffectStore implements Ledger, AuditTrail {
  private static final int LIST_MAX = 1_000;

  /** PostgreSQL's code for a transaction id that it has not given out yet. */
  private static final String INVALID_PARAMETER = "22023";

  private static final String LETTER = "id, channel, event, attempts, reason, died_at";

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
    write(
        tx -> {
          try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            statement.setObject(1, event.id());
            statement.setString(2, channel);
            statement.setString(3, new String(EventJson.write(event), UTF_8));
            statement.setInt(4, attempts);
            statement.setString(5, reason.replace('\0', ' '));
            return statement.executeUpdate();
          }
        });
  }

  /**
   * The audit row and the record of its delivery, in one transaction: never one without the other.
   */
  @Override
  public void record(Event event) {
    String sql =
        """
        INSERT INTO audit_log (event_id, action, user_id, at, detail)
        VALUES (?, ?, ?, ?, ?::jsonb)
        ON CONFLICT (event_id) DO NOTHING
        """;
    write(
        tx -> {
          try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            statement.setObject(1, event.id());
            statement.setString(2, event.action());
            statement.setLong(3, event.userId());
            statement.setObject(4, event.at().atOffset(ZoneOffset.UTC));
            statement.setString(5, detail(event));
            statement.executeUpdate();
          }
          return insertDelivery(tx, event, "audit");
        });
  }

  /** Open dead letters, oldest first. */
  public List<DeadLetter> deadLetters() {
    String sql =
        "SELECT "
            + LETTER
            + " FROM dead_letters WHERE closed_at IS NULL ORDER BY id LIMIT "
            + LIST_MAX;
    return database.readPrimary(
        tx -> {
          try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            return letters(statement);
          }
        });
  }

  public Optional<DeadLetter> deadLetter(long id) {
    String sql = "SELECT " + LETTER + " FROM dead_letters WHERE id = ? AND closed_at IS NULL";
    return database.readPrimary(
        tx -> {
          try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            statement.setLong(1, id);
            return letters(statement).stream().findFirst();
          }
        });
  }

  /** Closes a letter, replayed or discarded; false when there is no open one. */
  public boolean close(long id) {
    String sql = "UPDATE dead_letters SET closed_at = now() WHERE id = ? AND closed_at IS NULL";
    return database.write(
        tx -> {
          try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            statement.setLong(1, id);
            return statement.executeUpdate() == 1;
          }
        });
  }

  private static Standing standing(
      Transaction tx, Event event, String channel, @Nullable String transactionId)
      throws SQLException {
    String sql =
        """
        SELECT pg_xact_status(?::xid8) AS fate,
          EXISTS (SELECT FROM deliveries WHERE event_id = ? AND channel = ?)
            OR EXISTS (SELECT FROM dead_letters WHERE event_id = ? AND channel = ?) AS done,
          EXISTS (SELECT FROM users WHERE id = ?) AS user_exists
        """;
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setString(1, transactionId);
      statement.setObject(2, event.id());
      statement.setString(3, channel);
      statement.setObject(4, event.id());
      statement.setString(5, channel);
      statement.setLong(6, event.userId());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getBoolean("done")) {
          return Standing.DONE;
        }
        String fate = row.getString("fate");
        return switch (fate == null ? "forgotten" : fate) {
          case "in progress" -> Standing.PENDING;
          case "committed" -> Standing.DUE;
          case "aborted" -> Standing.VOID;
          default -> row.getBoolean("user_exists") ? Standing.DUE : Standing.VOID;
        };
      }
    }
  }

  private static int insertDelivery(Transaction tx, Event event, String channel)
      throws SQLException {
    String sql = "INSERT INTO deliveries (event_id, channel) VALUES (?, ?) ON CONFLICT DO NOTHING";
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setObject(1, event.id());
      statement.setString(2, channel);
      return statement.executeUpdate();
    }
  }

  private List<DeadLetter> letters(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      List<DeadLetter> letters = new ArrayList<>();
      while (rows.next()) {
        letters.add(
            new DeadLetter(
                rows.getLong("id"),
                rows.getString("channel"),
                read(rows.getString("event")),
                rows.getInt("attempts"),
                rows.getString("reason"),
                rows.getObject("died_at", OffsetDateTime.class).toInstant()));
      }
      return letters;
    }
  }

  private Event read(String json) {
    try {
      return EventJson.read(json.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String detail(Event event) {
    return new String(
        Json.write(
            event.requestId() == null
                ? Map.of("email", event.email(), "name", event.name())
                : Map.of(
                    "email", event.email(), "name", event.name(), "requestId", event.requestId())),
        UTF_8);
  }

  private void write(Work<Integer> work) {
    asked(() -> database.write(work));
  }

  private static <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (DatabaseUnavailableException e) {
      throw new LedgerException(String.valueOf(e.getMessage()), e);
    }
  }
}
