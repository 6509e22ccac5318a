package ladder.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplicaLagTest {
  private static final long SECOND = 1_000_000_000L;
  private final ReplicaLag lag = new ReplicaLag();

  private Duration at(long second, long primary, long replica) {
    lag.primaryAt(primary, second * SECOND);
    return lag.replicaAt(replica, second * SECOND);
  }

  @Test
  void thereIsNoneBeforeAnythingIsKnown() {
    assertEquals(Duration.ZERO, lag.replicaAt(0, SECOND));
  }

  @Test
  void thereIsNoneWhileTheReplicaKeepsUp() {
    assertEquals(Duration.ZERO, at(1, 100, 100));
    assertEquals(Duration.ZERO, at(2, 200, 200));
  }

  @Test
  void anIdlePrimaryMakesNoLag() {
    for (int second = 0; second < 1_000; second++) {
      assertEquals(Duration.ZERO, at(second, 100, 100));
    }
  }

  @Test
  void itIsTheAgeOfTheOldestPositionThatWasNotReplayed() {
    assertEquals(Duration.ZERO, at(1, 100, 100));
    assertEquals(Duration.ZERO, at(2, 200, 100));
    assertEquals(Duration.ofSeconds(1), at(3, 300, 100));
    assertEquals(Duration.ofSeconds(1), at(4, 300, 200));
    assertEquals(Duration.ZERO, at(5, 300, 300));
  }

  @Test
  void itGrowsWhileTheReplicaIsCutOffThoughNothingMoreIsWritten() {
    assertEquals(Duration.ZERO, at(1, 200, 100));
    assertEquals(Duration.ofSeconds(9), at(10, 200, 100));
  }

  @Test
  void samplesAreBoundedAndTheOldestStays() {
    for (int second = 1; second <= 1_000; second++) {
      lag.primaryAt(second, second * SECOND);
    }
    assertEquals(Duration.ofSeconds(1_000), lag.replicaAt(0, 1_001 * SECOND));
    assertEquals(Duration.ZERO, lag.replicaAt(1_000, 1_001 * SECOND));
  }

  @Test
  void aServerThatIsNoStandbyHasReplayedEverything() {
    assertEquals(Duration.ZERO, at(1, 200, Long.MAX_VALUE));
  }
}
