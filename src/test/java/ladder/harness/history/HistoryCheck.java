package ladder.harness.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import ladder.harness.history.Violation.Rule;

/**
 * Looks for operations that went back in time. What one user goes through is a line of states,
 * version 1, 2, 3 and so on, and at last gone, for ids are not given twice. So whoever begins after
 * a state was answered, by any node, to a reader or a writer, must see that state or a later one.
 * Orders of a user are there from their answer on, until the user is gone.
 *
 * <p>Operations that overlap may have happened in either order, and a write of unknown outcome
 * never, or at any time after its start: neither is ever held against an answer.
 *
 * <p>The history must ask only for users and orders that an earlier operation had shown. Pure.
 */
public final class HistoryCheck {
  private HistoryCheck() {}

  /** All that went back, each operation once for each rule, in the order of their starts. */
  public static List<Violation> violations(List<Operation> history) {
    Map<Long, List<Operation>> byUser = new LinkedHashMap<>();
    Map<Finding, Violation> found = new LinkedHashMap<>();
    Consumer<Violation> report =
        violation ->
            found.putIfAbsent(new Finding(violation.rule(), violation.later().number()), violation);
    for (Operation operation : history) {
      if (Writes.isAnothers(operation)) {
        report.accept(new Violation(Rule.ANOTHERS, operation, operation));
      } else if (operation.user() != Operation.NOBODY) {
        byUser.computeIfAbsent(operation.user(), _ -> new ArrayList<>()).add(operation);
      }
    }
    byUser.values().forEach(operations -> check(operations, report));
    return found.values().stream()
        .sorted(Comparator.comparingLong(v -> v.later().startNanos()))
        .toList();
  }

  private record Finding(Rule rule, int later) {}

  /** Walks through time: who begins is checked against all that had ended before. */
  private static void check(List<Operation> operations, Consumer<Violation> report) {
    List<Operation> starting = sorted(operations, Operation::startNanos);
    List<Operation> ending = sorted(operations, Operation::endNanos);
    Writes writes = new Writes(operations, report);
    UserStates states = new UserStates(writes, report);
    UserOrders orders = new UserOrders(writes, report);
    int ended = 0;
    for (Operation operation : starting) {
      while (ending.get(ended).precedes(operation)) {
        states.absorb(ending.get(ended));
        orders.absorb(ending.get(ended));
        ended++;
      }
      writes.check(operation);
      states.check(operation);
      orders.check(operation);
    }
  }

  private static List<Operation> sorted(
      List<Operation> operations, java.util.function.ToLongFunction<Operation> by) {
    return operations.stream().sorted(Comparator.comparingLong(by)).toList();
  }
}
