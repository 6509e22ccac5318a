package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import ladder.journal.Kind.SignedUp;
import ladder.json.MalformedJsonException;
import org.junit.jupiter.api.Test;

class EventJsonTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsWhatItWrote() {
    assertEquals(Fixture.event(5), EventJson.read(EventJson.write(Fixture.event(5))));
  }

  /** The compiler does not ask {@link Kind#read} for a new kind: this does. */
  @Test
  void readsBackEveryKind() {
    Map<Class<?>, Kind> samples = Map.of(SignedUp.class, new SignedUp("a@example.org", "A"));
    assertEquals(Set.of(Kind.class.getPermittedSubclasses()), samples.keySet());
    samples
        .values()
        .forEach(
            kind -> {
              Event event = Event.of(kind, 5, Fixture.AT, "77", null, null);
              assertEquals(event, EventJson.read(EventJson.write(event)));
            });
  }

  @Test
  void readsWhatTheFirstVersionWrote() {
    assertEquals(
        new Event(
            UUID.fromString("6f1d9a3e-1111-4222-8333-444455556666"),
            new SignedUp("zoë@example.org", "Zoë"),
            5,
            Instant.parse("2026-11-24T10:00:00.123456Z"),
            "77",
            "request-1",
            null),
        EventJson.read(
            utf8(
                """
                {"v":1,"id":"6f1d9a3e-1111-4222-8333-444455556666","action":"user.signed_up",\
                "userId":5,"email":"zoë@example.org","name":"Zoë",\
                "at":"2026-11-24T10:00:00.123456Z",\
                "transactionId":"77","requestId":"request-1","traceparent":null}""")));
  }

  @Test
  void theSameHappeningHasTheSameIdWhereverItIsFound() {
    Event event = signUp(5, Fixture.AT);
    assertEquals(event.id(), signUp(5, Fixture.AT).id());
    assertNotEquals(event.id(), signUp(6, Fixture.AT).id());
    assertNotEquals(event.id(), signUp(5, Fixture.AT.plusMillis(1)).id());
    // Pinned: another way to make ids would deliver again what has been delivered.
    assertEquals(UUID.fromString("e94e4d16-0579-322e-95ca-4ff68300ef9a"), event.id());
  }

  private static Event signUp(long userId, Instant at) {
    return Event.of(new SignedUp("a@example.org", "A"), userId, at, "77", null, null);
  }

  @Test
  void ignoresMembersOfOtherVersionsAndMissesOptionalOnes() {
    Event event =
        EventJson.read(
            utf8(
                """
                {"id":"00000000-0000-0007-0000-000000000005","action":"user.signed_up","userId":"5",
                 "email":"a@example.org","name":"A","at":"2026-11-24T10:00:00Z",
                 "transactionId":77,"colour":{"deep":[1,2]}}
                """));
    assertEquals("77", event.transactionId());
    assertNull(event.requestId());
  }

  @Test
  void tellsWhatIsWrongWithoutPersonalData() {
    for (String text :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          "{\"v\":2}",
          "{\"v\":1,\"id\":\"00000000-0000-0007-0000-000000000005\","
              + "\"action\":\"nobody@example.org\"}",
          "{\"v\":1,\"id\":\"nobody@example.org\",\"action\":\"a\",\"userId\":1,"
              + "\"email\":\"e\",\"name\":\"n\",\"at\":\"x\",\"transactionId\":\"1\"}"
        }) {
      MalformedJsonException e =
          assertThrows(MalformedJsonException.class, () -> EventJson.read(utf8(text)), text);
      assertFalse(String.valueOf(e.getMessage()).contains("nobody"), e.getMessage());
    }
  }

  @Test
  void findsAPageThatNeverReachedTheDisk() {
    byte[] entry = EventJson.write(Fixture.event(5));
    Arrays.fill(entry, entry.length / 2, entry.length, (byte) 0);
    assertThrows(MalformedJsonException.class, () -> EventJson.read(entry));
  }
}
