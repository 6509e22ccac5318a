package ladder.fault.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import ladder.fault.table.Fault.Hit;
import ladder.fault.table.FaultRow.Measured;
import ladder.harness.history.Operation;
import ladder.harness.history.Operation.Action;
import ladder.harness.history.Outcome;
import ladder.harness.history.Violation;
import ladder.harness.history.Violation.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted of a load, and what of that must not be. */
class FaultRowTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final Outcome UNKNOWN = new Outcome.Unknown("status 503");

  private final List<Operation> operations = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();

  @Test
  void failuresOfReadsAndOfWritesAreCountedApart() {
    add(Action.GET_USER, UNKNOWN);
    add(Action.LIST_ORDERS, new Outcome.Refused(429));
    add(Action.PATCH_USER, UNKNOWN);
    add(Action.GET_ORDER, new Outcome.Absent(false));
    add(Action.DELETE_USER, new Outcome.Absent(false));
    FaultRow row = row(Hit.PRIMARY);
    assertEquals(5, row.requests());
    assertEquals(2, row.failedReads());
    assertEquals(1, row.failedWrites());
  }

  @Test
  void anAnswerThatIsWrongInTwoWaysCountsOnce() {
    Operation write = add(Action.PATCH_USER, new Outcome.User(7, 2, "b", false));
    Operation read = add(Action.GET_USER, new Outcome.User(7, 1, "b", false));
    violations.add(new Violation(Rule.OLDER_THAN_WRITE, write, read));
    violations.add(new Violation(Rule.TWO_NAMES, write, read));
    assertEquals(1, row(Hit.NOTHING).staleReads());
    assertEquals(0, row(Hit.NOTHING).wrongWrites());
  }

  @Test
  void aLostWriteIsNoStaleRead() {
    Operation one = add(Action.PATCH_USER, new Outcome.User(7, 2, "a", false));
    Operation two = add(Action.PATCH_USER, new Outcome.User(7, 2, "b", false));
    violations.add(new Violation(Rule.LOST_WRITE, one, two));
    assertEquals(0, row(Hit.NOTHING).staleReads());
    assertEquals(1, row(Hit.NOTHING).wrongWrites());
  }

  @Test
  void theHitRatioIsOfTheUsersThatWereRead() {
    add(Action.GET_USER, new Outcome.User(7, 1, "a", true));
    add(Action.GET_USER, new Outcome.User(7, 1, "a", false));
    add(Action.GET_USER, new Outcome.Absent(true));
    add(Action.GET_USER, new Outcome.Absent(false));
    add(Action.GET_USER, UNKNOWN);
    add(Action.LIST_ORDERS, new Outcome.Page(List.of(), false));
    add(Action.PATCH_USER, new Outcome.User(7, 2, "b", false));
    assertEquals(0.5, row(Hit.NOTHING).hitRatio());
  }

  @Test
  void theRateLeavesTheWarmUpOut() {
    for (int second = 0; second < 10; second++) {
      add(Action.GET_USER, second * SECOND, MILLI, new Outcome.Absent(false));
    }
    FaultRow row = FaultRow.of(fault(Hit.NOTHING), 0, "", measured(10));
    assertEquals(1, row.perSecond());
    assertEquals(0, FaultRow.of(fault(Hit.NOTHING), 0, "", measured(3)).perSecond());
  }

  @Test
  void theTimesAreThoseOfReads() {
    for (int millis = 1; millis <= 200; millis++) {
      add(Action.GET_USER, 0, millis * MILLI, new Outcome.Absent(false));
    }
    add(Action.PATCH_USER, 0, 5 * SECOND, UNKNOWN);
    assertEquals(198, row(Hit.NOTHING).readP99Millis());
    assertEquals(200, row(Hit.NOTHING).readMaxMillis());
  }

  @Test
  void aLoadThatDidNothingHasNoTimes() {
    assertEquals(0, row(Hit.NOTHING).readMaxMillis());
    assertEquals(0, row(Hit.NOTHING).hitRatio());
  }

  @ParameterizedTest
  @EnumSource
  void aStaleReadMustNotBeWhateverIsHit(Hit hit) {
    Operation read = add(Action.GET_USER, new Outcome.User(7, 1, "b", false));
    violations.add(new Violation(Rule.OLDER_THAN_READ, read, read));
    assertEquals(List.of("fault: 1 stale reads"), row(hit).broken());
  }

  @ParameterizedTest
  @EnumSource
  void aWrongWriteMustNotBeWhateverIsHit(Hit hit) {
    Operation write = add(Action.PATCH_USER, new Outcome.User(7, 1, "b", false));
    violations.add(new Violation(Rule.LOST_WRITE, write, write));
    assertEquals(List.of("fault: 1 wrong writes"), row(hit).broken());
  }

  @ParameterizedTest
  @EnumSource
  void aReadMayFailOnlyWhenThePrimaryIsHit(Hit hit) {
    add(Action.GET_USER, UNKNOWN);
    List<String> broken = hit == Hit.PRIMARY ? List.of() : List.of("fault: 1 failed reads");
    assertEquals(broken, row(hit).broken());
  }

  private FaultRow row(Hit hit) {
    return FaultRow.of(fault(hit), 0, "", measured(0));
  }

  private static Fault fault(Hit hit) {
    return new Fault("fault", "done", hit, (_, _) -> () -> {});
  }

  private Measured measured(double seconds) {
    return new Measured(operations, violations, List.of(), 0, seconds);
  }

  private Operation add(Action action, Outcome outcome) {
    return add(action, 0, MILLI, outcome);
  }

  private Operation add(Action action, long start, long nanos, Outcome outcome) {
    Operation operation =
        new Operation(operations.size(), action, 7, 0, 1, start, start + nanos, outcome);
    operations.add(operation);
    return operation;
  }
}
