package ladder.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every sliding window must do, wherever it keeps its times. */
interface WindowContract {
  Decision ask(String key, Quota quota);

  /** Makes all that was asked for this key so much older. */
  void pass(String key, Duration time);

  static String newKey() {
    return "test-" + UUID.randomUUID();
  }

  static Quota quota(int requests, int seconds) {
    return new Quota(requests, Duration.ofSeconds(seconds));
  }

  @Test
  default void allowsTheLimitAndCountsDown() {
    String key = newKey();
    List<Integer> remaining = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Decision decision = ask(key, quota(5, 60));
      assertTrue(decision.allowed());
      remaining.add(decision.remaining());
    }
    assertEquals(List.of(4, 3, 2, 1, 0), remaining);
    Decision refused = ask(key, quota(5, 60));
    assertFalse(refused.allowed());
    assertEquals(0, refused.remaining());
  }

  @Test
  default void slidesOneRequestAtATime() {
    String key = newKey();
    ask(key, quota(2, 60));
    pass(key, Duration.ofSeconds(40));
    ask(key, quota(2, 60));
    pass(key, Duration.ofSeconds(10));
    assertFalse(ask(key, quota(2, 60)).allowed(), "both lie within the last 60 s");
    pass(key, Duration.ofSeconds(10));
    assertTrue(ask(key, quota(2, 60)).allowed(), "the first has left");
    assertFalse(ask(key, quota(2, 60)).allowed(), "the second has not");
  }

  @Test
  default void letsNoMoreThroughAroundTheTurnOfAWindow() {
    String key = newKey();
    int allowed = 0;
    for (int second = 0; second < 120; second++) {
      if (ask(key, quota(10, 60)).allowed()) {
        allowed++;
      }
      pass(key, Duration.ofSeconds(1));
    }
    assertEquals(20, allowed);
  }

  @Test
  default void aRefusedRequestUsesNoQuota() {
    String key = newKey();
    ask(key, quota(1, 60));
    for (int i = 0; i < 50; i++) {
      pass(key, Duration.ofSeconds(1));
      assertFalse(ask(key, quota(1, 60)).allowed());
    }
    pass(key, Duration.ofSeconds(10));
    assertTrue(ask(key, quota(1, 60)).allowed());
  }

  @Test
  default void aClientThatWaitsAsToldIsNotRefusedAgain() {
    String key = newKey();
    ask(key, quota(2, 60));
    pass(key, Duration.ofMillis(12_500));
    ask(key, quota(2, 60));
    Decision refused = ask(key, quota(2, 60));
    assertEquals(48, refused.untilMoreSeconds());
    pass(key, Duration.ofSeconds(refused.untilMoreSeconds()));
    assertTrue(ask(key, quota(2, 60)).allowed());
  }

  @Test
  default void afterTheLimitWasLoweredItTellsWhenThereIsRoomAgain() {
    String key = newKey();
    for (int i = 0; i < 5; i++) {
      ask(key, quota(5, 60));
      pass(key, Duration.ofSeconds(10));
    }
    Decision refused = ask(key, quota(2, 60));
    assertFalse(refused.allowed());
    assertEquals(40, refused.untilMoreSeconds(), "the fourth of five must leave");
    pass(key, Duration.ofSeconds(refused.untilMoreSeconds()));
    assertTrue(ask(key, quota(2, 60)).allowed());
  }

  @Test
  default void keysDoNotShareTheirQuota() {
    String one = newKey();
    String other = newKey();
    assertTrue(ask(one, quota(1, 60)).allowed());
    assertFalse(ask(one, quota(1, 60)).allowed());
    assertTrue(ask(other, quota(1, 60)).allowed());
  }

  @Test
  default void aCrowdIsAllowedExactlyTheLimit() throws Exception {
    String key = newKey();
    int allowed = 0;
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Decision>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        answers.add(crowd.submit(() -> ask(key, quota(100, 60))));
      }
      for (Future<Decision> answer : answers) {
        allowed += answer.get().allowed() ? 1 : 0;
      }
    }
    assertEquals(100, allowed);
  }
}
