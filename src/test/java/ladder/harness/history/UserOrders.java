package ladder.harness.history;

import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import ladder.harness.history.Violation.Rule;

/** The orders of one user that were answered so far. Used by one thread. */
final class UserOrders {
  private final Writes writes;
  private final Consumer<Violation> report;
  private final NavigableMap<Long, Operation> shown = new TreeMap<>();

  UserOrders(Writes writes, Consumer<Violation> report) {
    this.writes = writes;
    this.report = report;
  }

  /** Takes in what an operation that has ended shows. */
  void absorb(Operation operation) {
    switch (operation.outcome()) {
      case Outcome.Order order -> shown.putIfAbsent(order.id(), operation);
      case Outcome.Page page ->
          page.orders().forEach(order -> shown.putIfAbsent(order.id(), operation));
      case Outcome.User _, Outcome.Deleted _, Outcome.Absent _ -> {}
      case Outcome.Refused _, Outcome.Unknown _ -> {}
    }
  }

  /** A list that begins now must have all orders that were shown and have their place on it. */
  void check(Operation operation) {
    // A list that overlaps with the deletion may see the orders go before their user.
    if (!(operation.outcome() instanceof Outcome.Page page) || writes.mayBeGone(operation)) {
      return;
    }
    Set<Long> listed = new HashSet<>();
    page.orders().forEach(order -> listed.add(order.id()));
    for (var order : shown.descendingMap().entrySet()) {
      if (!page.covers(order.getKey())) {
        return;
      }
      if (!listed.contains(order.getKey())) {
        report.accept(new Violation(Rule.ORDER_MISSING, order.getValue(), operation));
      }
    }
  }
}
