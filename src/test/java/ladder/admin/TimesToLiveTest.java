package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import ladder.admin.TimesToLive.Estimate;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class TimesToLiveTest {
  private final FakeClock clock = new FakeClock();
  private final TimesToLive sample = new TimesToLive(clock);

  @Test
  void estimatesNothingBeforeTheFirstRead() {
    assertEquals(List.of(), sample.estimates());
    sample.written("user:1");
    assertEquals(List.of(), sample.estimates());
  }

  @Test
  void countsAReadAsAHitWhereTheKeyIsStillHeld() {
    sample.read("user:1");
    clock.advance(Duration.ofSeconds(9));
    sample.read("user:1");
    clock.advance(Duration.ofSeconds(9));
    sample.read("user:1");
    // A cache for 10 s loads again at the third read, 18 s after the first.
    assertEquals(0, ratio(Duration.ofSeconds(1)));
    assertEquals(1.0 / 3, ratio(Duration.ofSeconds(10)));
    assertEquals(2.0 / 3, ratio(Duration.ofMinutes(1)));
    assertEquals(2.0 / 3, ratio(Duration.ofHours(6)));
  }

  @Test
  void aWriteHoldsTheNewValueFromThenOn() {
    sample.written("user:1");
    clock.advance(Duration.ofSeconds(8));
    sample.written("user:1");
    clock.advance(Duration.ofSeconds(8));
    sample.read("user:1");
    assertEquals(0, ratio(Duration.ofSeconds(1)));
    assertEquals(1, ratio(Duration.ofSeconds(10)));
  }

  /** Reads of 50,000 keys, the popular ones more often, against caches that know every key. */
  @Test
  void comesCloseToTheTruthWithAFractionOfTheKeys() {
    Random random = new Random(7);
    long[] loaded = new long[50_000];
    int hits = 0;
    int reads = 0;
    long minute = Duration.ofMinutes(1).toNanos();
    for (int i = 0; i < 400_000; i++) {
      clock.advance(Duration.ofMillis(1));
      int key = (int) (loaded.length * Math.pow(random.nextDouble(), 3));
      sample.read("user:" + key);
      reads++;
      if (loaded[key] != 0 && clock.nanos() - loaded[key] < minute) {
        hits++;
      } else {
        loaded[key] = clock.nanos();
      }
    }
    assertEquals((double) hits / reads, ratio(Duration.ofMinutes(1)), 0.05);
  }

  @Test
  void keepsItsBoundHoweverManyKeysThereAre() {
    for (int i = 0; i < 100 * TimesToLive.KEYS_MAX; i++) {
      sample.read("user:" + i);
      assertTrue(sample.size() <= TimesToLive.KEYS_MAX);
    }
    assertEquals(TimesToLive.KEYS_MAX, sample.size());
    assertEquals(0, ratio(Duration.ofHours(6)));
  }

  private double ratio(Duration timeToLive) {
    return sample.estimates().stream()
        .filter(e -> e.timeToLive().equals(timeToLive))
        .mapToDouble(Estimate::hitRatio)
        .findFirst()
        .orElseThrow();
  }
}
