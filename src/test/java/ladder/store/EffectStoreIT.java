package ladder.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import ladder.journal.Kind.SignedUp;
import ladder.journal.Ledger;
import ladder.journal.Ledger.Standing;
import ladder.time.Clock;
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
        new SignedUp("zoë@example.org", "Zoë \"Z\""),
        userId,
        Instant.parse("2026-11-24T10:00:00.123456Z"),
        transactionId,
        requestId,
        null);
  }

  private static Event event() {
    UserStore.Inserted inserted = here.newUser();
    return event(inserted.user().id(), inserted.transactionId(), "request-1");
  }

  private static Standing standing(Event event, String channel) {
    return Objects.requireNonNull(effects.standings(List.of(event), channel).get(event.id()));
  }

  @Test
  void manyEventsAreAskedForAtOnce() {
    Event due = event();
    Event done = event();
    effects.delivered(List.of(done), "email");
    Event ofAnotherHistory = event(Long.MAX_VALUE, OF_ANOTHER_HISTORY, null);
    assertEquals(
        Map.of(
            due.id(), Standing.DUE, done.id(), Standing.DONE, ofAnotherHistory.id(), Standing.VOID),
        effects.standings(List.of(due, done, ofAnotherHistory), "email"));
  }

  @Test
  void anEffectIsDueOnceItsTransactionHasCommitted() {
    Event event =
        here.database.write(
            tx -> {
              var inserted = here.insert(tx, StoreFixture.newEmail(), "A").orElseThrow();
              Event e = event(inserted.user().id(), inserted.transactionId(), null);
              assertEquals(Standing.PENDING, standing(e, "email"));
              return e;
            });
    assertEquals(Standing.DUE, standing(event, "email"));
  }

  @Test
  void anEffectOfATransactionThatWasRolledBackIsVoid() {
    AtomicReference<Event> event = new AtomicReference<>();
    here.rolledBack(
        tx -> {
          var inserted = here.insert(tx, StoreFixture.newEmail(), "A").orElseThrow();
          event.set(event(inserted.user().id(), inserted.transactionId(), null));
          return "";
        });
    assertEquals(Standing.VOID, standing(event.get(), "email"));
  }

  @Test
  void anEffectStaysDueWhenItsUserIsDeleted() {
    Event event = event();
    Object _ = here.database.write(tx -> here.users.delete(tx, event.userId(), null));
    assertEquals(Standing.DUE, standing(event, "email"));
  }

  @Test
  void theUserStandsInForATransactionOfAnotherHistory() {
    assertEquals(
        Standing.DUE, standing(event(here.newUserId(), OF_ANOTHER_HISTORY, null), "email"));
    assertEquals(Standing.VOID, standing(event(Long.MAX_VALUE, OF_ANOTHER_HISTORY, null), "email"));
  }

  @Test
  void whatWasDeliveredIsDoneForItsChannelAlone() {
    Event event = event();
    effects.delivered(List.of(event), "email");
    effects.delivered(List.of(event), "email");
    assertEquals(Standing.DONE, standing(event, "email"));
    assertEquals(Standing.DUE, standing(event, "slack"));
  }

  @Test
  void theAuditLogHasAnEventOnceTogetherWithItsDelivery() {
    Event event = event();
    effects.delivered(List.of(event), "audit");
    effects.delivered(List.of(event), "audit");
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
    assertEquals(Standing.DONE, standing(event, "audit"));
  }

  @Test
  void theAuditLogLeavesOutWhatIsNotKnown() {
    Event event = event(here.newUserId(), "1000", null);
    effects.delivered(List.of(event), "audit");
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
    assertEquals(Standing.DONE, standing(event, "email"));
    DeadLetter letter = letter(event).orElseThrow();
    assertEquals(event, letter.event());
    assertEquals("email", letter.channel());
    assertEquals(25, letter.attempts());
    assertEquals("550 no such mailbox", letter.reason());
    assertTrue(effects.isOpen(letter.id()));
  }

  @Test
  void aClosedLetterIsGoneAndItsEffectStaysDone() {
    Event event = event();
    effects.dead(event, "slack", 1, "no");
    long id = letter(event).orElseThrow().id();
    assertTrue(effects.close(id));
    assertFalse(effects.close(id));
    assertFalse(effects.isOpen(id));
    assertEquals(Optional.empty(), effects.claim(id));
    assertEquals(Optional.empty(), letter(event));
    assertEquals(Standing.DONE, standing(event, "slack"));
  }

  @Test
  void ofManyClaimsOneHoldsUntilItIsReleased() {
    Event event = event();
    effects.dead(event, "slack", 1, "no");
    DeadLetter letter = letter(event).orElseThrow();
    assertEquals(Optional.of(letter), effects.claim(letter.id()));
    assertEquals(Optional.empty(), effects.claim(letter.id()));
    assertTrue(effects.isOpen(letter.id()));
    effects.release(letter.id());
    assertEquals(Optional.of(letter), effects.claim(letter.id()));
  }

  @Test
  void aClaimWhoseReplayDiedRunsOut() {
    Event event = event();
    effects.dead(event, "slack", 1, "no");
    DeadLetter letter = letter(event).orElseThrow();
    assertTrue(effects.claim(letter.id()).isPresent());
    here.execute(
        "UPDATE dead_letters SET claimed_until = now() - interval '1 second' WHERE id = ?",
        letter.id());
    assertEquals(Optional.of(letter), effects.claim(letter.id()));
  }

  @Test
  void aDeliveryClosesItsDeadLetterInTheSameTransaction() {
    Event event = event();
    effects.dead(event, "slack", 1, "no");
    effects.dead(event, "email", 1, "no");
    effects.delivered(List.of(event), "slack");
    assertEquals("email", letter(event).orElseThrow().channel());
    effects.delivered(List.of(event), "email");
    assertEquals(Optional.empty(), letter(event));
  }

  @Test
  void forgetsWhatIsOlderThanTheMemoryInBoundedSteps() {
    int rows = 5;
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Event event = event();
      ids.add(event.id());
      effects.delivered(List.of(event), "email");
      effects.dead(event, "slack", 1, "no");
    }
    here.execute(
        "UPDATE dead_letters SET closed_at = now() WHERE event_id = ANY (?)",
        (Object) ids.toArray(UUID[]::new));
    age(ids, Ledger.MEMORY.plusHours(1));
    assertEquals(0, effects.prune(1_000), "within the memory, whose margin is for clocks");
    age(ids, Ledger.MEMORY.plusDays(2));
    assertEquals(4, effects.prune(2));
    assertEquals(6, effects.prune(1_000));
  }

  private static void age(List<UUID> ids, Duration age) {
    UUID[] rows = ids.toArray(UUID[]::new);
    here.execute(
        "UPDATE deliveries SET delivered_at = now() - make_interval(secs => ?)"
            + " WHERE event_id = ANY (?)",
        age.toSeconds(),
        rows);
    here.execute(
        "UPDATE dead_letters SET closed_at = now() - make_interval(secs => ?)"
            + " WHERE event_id = ANY (?)",
        age.toSeconds(),
        rows);
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
  void aDatabaseThatIsAwayIsReportedAsUnavailable() {
    Event event = event();
    String url = TestServers.shared().databaseUrl();
    Proxy proxy = Proxy.to(url);
    proxy.cut();
    try (Database away =
        Database.alone(
            Connections.unpooled(
                "primary", DatabaseUrl.parse(proxy.url(url)), Target.PRIMARY, Databases.OPTIONS),
            Clock.system())) {
      EffectStore ledger = new EffectStore(away);
      assertThrows(UnavailableException.class, () -> ledger.standings(List.of(event), "email"));
      assertThrows(UnavailableException.class, () -> ledger.delivered(List.of(event), "email"));
      assertThrows(UnavailableException.class, () -> ledger.dead(event, "email", 1, "no"));
      assertThrows(UnavailableException.class, () -> ledger.delivered(List.of(event), "audit"));
    }
  }

  private static Optional<DeadLetter> letter(Event event) {
    return effects.deadLetters().stream()
        .filter(letter -> letter.event().id().equals(event.id()))
        .findFirst();
  }
}
