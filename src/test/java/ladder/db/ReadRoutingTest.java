package ladder.db;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import ladder.db.Subject.Order;
import ladder.db.Subject.User;
import ladder.harness.FakeClock;
import org.junit.jupiter.api.Test;

class ReadRoutingTest {
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private final FakeClock clock = new FakeClock();
  private final ReadRouting routing = new ReadRouting(WINDOW, clock);

  private boolean mayServe(Subject subject) {
    return routing.replicaMayServe(subject, Duration.ZERO);
  }

  @Test
  void readsGoToTheReplicaFromTheStart() {
    assertTrue(mayServe(new User(1)));
  }

  @Test
  void whatWasWrittenIsReadFromThePrimaryForTheWindow() {
    routing.written(new User(1));
    assertFalse(mayServe(new User(1)));
    clock.advance(WINDOW.minusNanos(1));
    assertFalse(mayServe(new User(1)));
    clock.advance(Duration.ofNanos(1));
    assertTrue(mayServe(new User(1)));
  }

  @Test
  void aSecondWriteBeginsTheWindowAnew() {
    routing.written(new User(1));
    clock.advance(WINDOW.minusMillis(1));
    routing.written(new User(1));
    clock.advance(WINDOW.minusMillis(1));
    assertFalse(mayServe(new User(1)));
  }

  @Test
  void neighboursOfWhatWasWrittenStayOnTheReplica() {
    for (long subject = 0; subject < 100; subject += 2) {
      routing.written(new User(subject));
    }
    for (long subject = 1; subject < 100; subject += 2) {
      assertTrue(mayServe(new User(subject)), "subject " + subject);
    }
  }

  @Test
  void aReplicaThatIsLateServesNobody() {
    assertFalse(routing.replicaMayServe(new User(1), WINDOW.plusNanos(1)));
    assertTrue(routing.replicaMayServe(new User(1), WINDOW));
  }

  @Test
  void withoutAWindowALateReplicaServesAll() {
    ReadRouting promisesNothing = new ReadRouting(Duration.ZERO, clock);
    promisesNothing.written(new User(1));
    assertTrue(promisesNothing.replicaMayServe(new User(1), Duration.ofMillis(1)));
  }

  @Test
  void anOrderIsNotTheUserOfTheSameNumber() {
    routing.written(new Order(7));
    assertFalse(mayServe(new Order(7)));
    assertTrue(mayServe(new User(7)));
    assertTrue(mayServe(new Subject.Key("7")));
  }
}
