package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class ReplicaLagTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final FakeClock clock = new FakeClock();
  private final ReplicaLag lag = new ReplicaLag(clock);

  /** The lag when both positions are sampled a second after the last. */
  private Duration next(long primary, long replica) {
    clock.advance(SECOND);
    lag.primaryAt(primary);
    return at(replica);
  }

  private Duration at(long replica) {
    lag.replicaAt(replica);
    return lag.current();
  }

  @Test
  void thereIsNoneBeforeAnythingIsKnown() {
    assertEquals(Duration.ZERO, lag.current());
    assertEquals(Duration.ZERO, at(0));
  }

  @Test
  void thereIsNoneWhileTheReplicaKeepsUp() {
    assertEquals(Duration.ZERO, next(100, 100));
    assertEquals(Duration.ZERO, next(200, 200));
  }

  @Test
  void anIdlePrimaryMakesNoLag() {
    for (int second = 0; second < 1_000; second++) {
      assertEquals(Duration.ZERO, next(100, 100));
    }
  }

  @Test
  void itIsTheAgeOfTheOldestPositionThatWasNotReplayed() {
    assertEquals(Duration.ZERO, next(100, 100));
    assertEquals(Duration.ZERO, next(200, 100));
    assertEquals(SECOND, next(300, 100));
    assertEquals(SECOND, next(300, 200));
    assertEquals(Duration.ZERO, next(300, 300));
  }

  @Test
  void itGrowsWhileTheReplicaIsCutOffThoughNothingMoreIsWritten() {
    assertEquals(Duration.ZERO, next(200, 100));
    clock.advance(Duration.ofSeconds(8));
    assertEquals(Duration.ofSeconds(9), next(200, 100));
  }

  @Test
  void samplesAreBoundedAndTheOldestStays() {
    for (int second = 1; second <= 1_000; second++) {
      clock.advance(SECOND);
      lag.primaryAt(second);
    }
    clock.advance(SECOND);
    assertEquals(Duration.ofSeconds(1_000), at(0));
    assertEquals(Duration.ZERO, at(1_000));
  }

  @Test
  void aServerThatIsNoStandbyHasReplayedEverything() {
    assertEquals(Duration.ZERO, next(200, Long.MAX_VALUE));
  }
}
