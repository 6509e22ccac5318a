package ladder.db;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class ReadRoutingTest {
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private final FakeClock clock = new FakeClock();
  private final ReadRouting routing = new ReadRouting(WINDOW, clock);

  @Test
  void readsGoToTheReplicaFromTheStart() {
    assertTrue(routing.replicaMayServe(1));
  }

  @Test
  void whatWasWrittenIsReadFromThePrimaryForTheWindow() {
    routing.written(1);
    assertFalse(routing.replicaMayServe(1));
    clock.advance(WINDOW.minusNanos(1));
    assertFalse(routing.replicaMayServe(1));
    clock.advance(Duration.ofNanos(1));
    assertTrue(routing.replicaMayServe(1));
  }

  @Test
  void aSecondWriteBeginsTheWindowAnew() {
    routing.written(1);
    clock.advance(WINDOW.minusMillis(1));
    routing.written(1);
    clock.advance(WINDOW.minusMillis(1));
    assertFalse(routing.replicaMayServe(1));
  }

  @Test
  void neighboursOfWhatWasWrittenStayOnTheReplica() {
    for (long subject = 0; subject < 100; subject += 2) {
      routing.written(subject);
    }
    for (long subject = 1; subject < 100; subject += 2) {
      assertTrue(routing.replicaMayServe(subject), "subject " + subject);
    }
  }

  @Test
  void aReplicaThatIsLateServesNobody() {
    routing.replicaAnswered(WINDOW.plusNanos(1));
    assertFalse(routing.replicaMayServe(1));
    routing.replicaAnswered(WINDOW);
    assertTrue(routing.replicaMayServe(1));
  }

  @Test
  void withoutAWindowALateReplicaServesAll() {
    ReadRouting promisesNothing = new ReadRouting(Duration.ZERO, clock);
    promisesNothing.written(1);
    promisesNothing.replicaAnswered(Duration.ofMillis(1));
    assertTrue(promisesNothing.replicaMayServe(1));
  }

  @Test
  void aReplicaThatFailedServesNobodyUntilItAnswersTheMonitor() {
    routing.replicaFailed(new SQLException("gone"));
    routing.replicaFailed(new SQLException("gone"));
    clock.advance(Duration.ofHours(1));
    assertFalse(routing.replicaMayServe(1));
    routing.replicaAnswered(Duration.ZERO);
    assertTrue(routing.replicaMayServe(1));
  }
}
