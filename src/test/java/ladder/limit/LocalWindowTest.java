package ladder.limit;

import static ladder.limit.WindowContract.quota;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class LocalWindowTest implements WindowContract {
  private final FakeClock clock = new FakeClock();
  private final LocalWindow window = new LocalWindow(clock);

  @Override
  public Decision ask(String key, Quota quota) {
    return window.decide(key, quota);
  }

  @Override
  public void pass(String key, Duration time) {
    clock.advance(time);
  }

  @Test
  void countsWhatRedisAllowed() {
    window.record("a", quota(3, 60));
    window.record("a", quota(3, 60));
    assertEquals(0, ask("a", quota(3, 60)).remaining());
    assertFalse(ask("a", quota(3, 60)).allowed());
  }

  @Test
  void keepsNoMoreThanTheLimitOfWhatRedisAllowed() {
    for (int i = 0; i < 5; i++) {
      window.record("a", quota(2, 60));
      clock.advance(Duration.ofSeconds(1));
    }
    assertEquals(58, ask("a", quota(2, 60)).untilMoreSeconds(), "the last two count");
  }

  @Test
  void forgetsTheKeyThatAskedLongestAgo() {
    Quota once = quota(1, 60);
    ask("first", once);
    ask("second", once);
    assertFalse(ask("first", once).allowed());
    for (int i = 0; i < LocalWindow.KEYS_MAX - 1; i++) {
      ask("other-" + i, once);
    }
    assertFalse(ask("first", once).allowed());
    assertTrue(ask("second", once).allowed());
  }

  @Test
  void boundsTheTimesOfAllKeysTogether() {
    Quota large = quota(Quota.REQUESTS_MAX, 60);
    int full = LocalWindow.TIMES_MAX / Quota.REQUESTS_MAX;
    for (int key = 0; key < full; key++) {
      for (int i = 0; i < Quota.REQUESTS_MAX; i++) {
        ask("key-" + key, large);
      }
    }
    assertFalse(ask("key-0", large).allowed());
    ask("one-more", large);
    assertFalse(ask("key-0", large).allowed());
    assertEquals(Quota.REQUESTS_MAX - 1, ask("key-1", large).remaining());
  }
}
