package ladder.harness.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import ladder.harness.history.Operation.Action;
import ladder.harness.history.Violation.Rule;

/** A history that a test makes by hand, of one user at a time. Times are small numbers. */
final class Story {
  private final List<Operation> operations;
  private final long user;

  Story() {
    this(new ArrayList<>(), 7);
  }

  private Story(List<Operation> operations, long user) {
    this.operations = operations;
    this.user = user;
  }

  /** The same history, to add what happens to somebody else. */
  Story of(long user) {
    return new Story(operations, user);
  }

  Operation signUp(long start, long end) {
    return add(Action.SIGN_UP, start, end, version(1));
  }

  Operation patch(long start, long end, long version) {
    return add(Action.PATCH_USER, start, end, version(version));
  }

  Operation read(long start, long end, long version) {
    return add(Action.GET_USER, start, end, version(version));
  }

  Operation add(Action action, long start, long end, Outcome outcome) {
    return order(action, 0, start, end, outcome);
  }

  Operation order(Action action, long order, long start, long end, Outcome outcome) {
    Operation operation =
        new Operation(operations.size(), action, user, order, 1, start, end, outcome);
    operations.add(operation);
    return operation;
  }

  private Outcome version(long version) {
    return new Outcome.User(user, version, "name " + version, false);
  }

  List<Violation> violations() {
    return HistoryCheck.violations(operations);
  }

  void isFine() {
    assertEquals(List.of(), violations());
  }

  /** Nothing else is wrong. */
  void breaks(Rule rule, Operation earlier, Operation later) {
    assertEquals(List.of(new Violation(rule, earlier, later)), violations());
  }

  void finds(Rule rule, Operation earlier, Operation later) {
    assertTrue(violations().contains(new Violation(rule, earlier, later)), () -> "" + violations());
  }
}
