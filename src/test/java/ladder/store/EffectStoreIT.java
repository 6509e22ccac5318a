package ladder.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.failure.UnavailableException;
import ladder.harness.Databases;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import ladder.journal.Event;
import ladder.journal.Ledger.Standing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EffectStoreIT {
  private static final StoreFixture here = new StoreFixture();
  private static final EffectStore effects = new EffectStore(here.database);

  /** An id that PostgreSQL has not given out yet, as in a backup restored to an earlier day. */
  private static final String OF_ANOTHER_HISTORY = "9000000000000000";

  @AfterAll
  static void close() {
    here.close();
  }

  private static Event event(long userId, String transactionId, @Nullable String requestId) {
    return new Event(
        UUID.randomUUID(),
        Event.SIGNED_UP,
        userId,
        "zoë@example.org",
        "Zoë \"Z\"",
        Instant.parse("2026-11-24T10:00:00.123456Z"),
        transactionId,
        requestId,
        null);
  }

  private static Event event() {
    UserStore.Inserted inserted = here.newUser();
    return event(inserted.user().id(), inserted.transactionId(), "request-1");
  }

  @Test
  void anEffectIsDueOnceItsTransactionHasCommitted() {
    Event event =
        here.database.write(
            tx -> {
              var inserted = here.users.insert(tx, StoreFixture.newEmail(), "A").orElseThrow();
              Event e = event(inserted.user().id(), inserted.transactionId(), null);
              assertEquals(Standing.PENDING, effects.standing(e, "email"));
              return e;
            });
    assertEquals(Standing.DUE, effects.standing(event, "email"));
  }

  @Test
  void anEffectOfATransactionThatWasRolledBackIsVoid() {
    AtomicReference<Event> event = new AtomicReference<>();
    here.rolledBack(
        tx -> {
          var inserted = here.users.insert(tx, StoreFixture.newEmail(), "A").orElseThrow();
          event.set(event(inserted.user().id(), inserted.transactionId(), null));
          return "";
        });
    assertEquals(Standing.VOID, effects.standing(event.get(), "email"));
  }

  @Test
  void anEffectStaysDueWhenItsUserIsDeleted() {
    Event event = event();
    Object _ = here.database.write(tx -> here.users.delete(tx, event.userId(), null));
    assertEquals(Standing.DUE, effects.standing(event, "email"));
  }

  @Test
  void theUserStandsInForATransactionOfAnotherHistory() {
    assertEquals(
        Standing.DUE, effects.standing(event(here.newUserId(), OF_ANOTHER_HISTORY, null), "email"));
    assertEquals(
        Standing.VOID, effects.standing(event(Long.MAX_VALUE, OF_ANOTHER_HISTORY, null), "email"));
  }

  @Test
  void whatWasDeliveredIsDoneForItsChannelAlone() {
    Event event = event();
    effects.delivered(event, "email");
    effects.delivered(event, "email");
    assertEquals(Standing.DONE, effects.standing(event, "email"));
    assertEquals(Standing.DUE, effects.standing(event, "slack"));
  }

  @Test
  void theAuditLogHasAnEventOnceTogetherWithItsDelivery() {
    Event event = event();
    effects.record(event);
    effects.record(event);
    assertEquals(
        1,
        here.count(
            """
            SELECT count(*) FROM audit_log WHERE event_id = ? AND action = 'user.signed_up'
              AND user_id = ? AND at = '2026-11-24T10:00:00.123456Z' AND detail =
              '{"email": "zoë@example.org", "name": "Zoë \\"Z\\"", "requestId": "request-1"}'
            """,
            event.id(),
            event.userId()));
    assertEquals(Standing.DONE, effects.standing(event, "audit"));
  }

  @Test
  void theAuditLogLeavesOutWhatIsNotKnown() {
    Event event = event(here.newUserId(), "1000", null);
    effects.record(event);
    assertEquals(
        1,
        here.count(
            "SELECT count(*) FROM audit_log WHERE event_id = ? AND NOT jsonb_exists(detail, ?)",
            event.id(),
            "requestId"));
  }

  @Test
  void aDeadLetterKeepsTheEventAndTheReason() {
    Event event = event();
    effects.dead(event, "email", 25, "550 no such\0mailbox");
    effects.dead(event, "email", 26, "again");
    assertEquals(Standing.DONE, effects.standing(event, "email"));
    DeadLetter letter = letter(event).orElseThrow();
    assertEquals(event, letter.event());
    assertEquals("email", letter.channel());
    assertEquals(25, letter.attempts());
    assertEquals("550 no such mailbox", letter.reason());
    assertEquals(Optional.of(letter), effects.deadLetter(letter.id()));
  }

  @Test
  void aClosedLetterIsGoneAndItsEffectStaysDone() {
    Event event = event();
    effects.dead(event, "slack", 1, "no");
    long id = letter(event).orElseThrow().id();
    assertTrue(effects.close(id));
    assertFalse(effects.close(id));
    assertEquals(Optional.empty(), effects.deadLetter(id));
    assertEquals(Optional.empty(), letter(event));
    assertEquals(Standing.DONE, effects.standing(event, "slack"));
  }

  @Test
  void deadLettersAreListedOldestFirst() {
    effects.dead(event(), "email", 1, "no");
    effects.dead(event(), "email", 1, "no");
    List<Long> ids = effects.deadLetters().stream().map(DeadLetter::id).toList();
    assertTrue(ids.size() >= 2);
    assertEquals(ids.stream().sorted().toList(), ids);
  }

  @Test
  void theJournalHearsThatTheDatabaseIsAway() {
    Event event = event();
    String url = TestServers.shared().databaseUrl();
    Proxy proxy = Proxy.to(url);
    proxy.cut();
    try (Database away =
        Databases.database(
            Connections.unpooled(
                DatabaseUrl.parse(proxy.url(url)), Target.PRIMARY, Databases.OPTIONS),
            null,
            Duration.ZERO)) {
      EffectStore ledger = new EffectStore(away);
      assertThrows(UnavailableException.class, () -> ledger.standing(event, "email"));
      assertThrows(UnavailableException.class, () -> ledger.delivered(event, "email"));
      assertThrows(UnavailableException.class, () -> ledger.dead(event, "email", 1, "no"));
      assertThrows(UnavailableException.class, () -> ledger.record(event));
    }
  }

  private static Optional<DeadLetter> letter(Event event) {
    return effects.deadLetters().stream()
        .filter(letter -> letter.event().id().equals(event.id()))
        .findFirst();
  }
}
