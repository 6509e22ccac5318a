package ladder.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EventJsonTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    assertEquals(Fixture.event(5), EventJson.read(EventJson.write(Fixture.event(5))));
  }

  @Test
  void ignoresMembersOfOtherVersionsAndMissesOptionalOnes() throws IOException {
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
          "{\"v\":1,\"id\":\"nobody@example.org\",\"action\":\"a\",\"userId\":1,"
              + "\"email\":\"e\",\"name\":\"n\",\"at\":\"x\",\"transactionId\":\"1\"}"
        }) {
      IOException e = assertThrows(IOException.class, () -> EventJson.read(utf8(text)), text);
      assertFalse(String.valueOf(e.getMessage()).contains("nobody"), e.getMessage());
    }
  }

  @Test
  void findsAPageThatNeverReachedTheDisk() {
    byte[] entry = EventJson.write(Fixture.event(5));
    Arrays.fill(entry, entry.length / 2, entry.length, (byte) 0);
    assertThrows(IOException.class, () -> EventJson.read(entry));
  }
}
