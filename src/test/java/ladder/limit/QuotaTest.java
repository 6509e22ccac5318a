package ladder.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {
  @ParameterizedTest
  @CsvSource({"100/60s,100,60", "1/1s,1,1", "100000/86400s,100000,86400"})
  void parses(String text, int requests, int seconds) {
    assertEquals(new Quota(requests, Duration.ofSeconds(seconds)), Quota.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "100", "100/60", "100/1m", "-1/60s", "1.5/60s", " 1/60s", "١/60s"})
  void refusesAnotherForm(String text) {
    assertEquals("must look like 100/60s", refusal(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0/60s,must allow 1 to 100000 requests",
    "100001/60s,must allow 1 to 100000 requests",
    "1/0s,must have a window of 1s to 86400s",
    "1/86401s,must have a window of 1s to 86400s"
  })
  void namesTheBound(String text, String sentence) {
    assertEquals(sentence, refusal(text));
  }

  @Test
  void aKeysOwnLimitIsPerMinute() {
    assertEquals(new Quota(7, Duration.ofSeconds(60)), Quota.perMinute(7));
  }

  @Test
  void whatIsWaitedForIsRoundedUpToWholeSeconds() {
    assertEquals(1, new Decision(false, 0, Duration.ZERO).untilMoreSeconds());
    assertEquals(1, new Decision(false, 0, Duration.ofSeconds(1)).untilMoreSeconds());
    assertEquals(2, new Decision(false, 0, Duration.ofSeconds(1, 1)).untilMoreSeconds());
  }

  private static String refusal(String text) {
    return assertThrows(IllegalArgumentException.class, () -> Quota.parse(text)).getMessage();
  }
}
