package ladder.harness.history;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import ladder.harness.history.Operation.Action;
import ladder.harness.history.Violation.Rule;

/** What may have been done to one user, and when at the earliest. Used by one thread. */
final class Writes {
  private final Consumer<Violation> report;
  private final long[] patchStarts;
  private final long deletionStart;
  private final Map<Long, Operation> firstShown = new HashMap<>();
  private final Map<Long, Operation> writers = new HashMap<>();

  Writes(List<Operation> operations, Consumer<Violation> report) {
    this.report = report;
    this.patchStarts = starts(operations, Action.PATCH_USER);
    this.deletionStart =
        Arrays.stream(starts(operations, Action.DELETE_USER)).findFirst().orElse(Long.MAX_VALUE);
  }

  private static long[] starts(List<Operation> operations, Action action) {
    return operations.stream()
        .filter(o -> o.action() == action && o.mayHaveHappened())
        .mapToLong(Operation::startNanos)
        .sorted()
        .toArray();
  }

  /** Whether a deletion may have happened before this operation ended. */
  boolean mayBeGone(Operation operation) {
    return deletionStart < operation.endNanos();
  }

  /** Whether the answer is about somebody else, so that it tells nothing of this user. */
  static boolean isAnothers(Operation operation) {
    return switch (operation.outcome()) {
      case Outcome.User user -> user.id() != operation.user();
      case Outcome.Order order ->
          order.user() != operation.user()
              || (operation.order() != 0 && order.id() != operation.order());
      case Outcome.Page page ->
          page.orders().stream().anyMatch(order -> order.user() != operation.user());
      case Outcome.Deleted _, Outcome.Absent _ -> false;
      case Outcome.Refused _, Outcome.Unknown _ -> false;
    };
  }

  /** What is wrong with a version by itself, whatever was shown before. */
  void check(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.User user)) {
      return;
    }
    Operation first = firstShown.putIfAbsent(user.version(), operation);
    if (first != null && !((Outcome.User) first.outcome()).name().equals(user.name())) {
      report.accept(new Violation(Rule.TWO_NAMES, first, operation));
    }
    if (operation.isWrite()) {
      Operation writer = writers.putIfAbsent(user.version(), operation);
      if (writer != null) {
        report.accept(new Violation(Rule.LOST_WRITE, writer, operation));
      }
    }
    if (user.version() > 1 + patchesBefore(operation.endNanos())) {
      report.accept(new Violation(Rule.NEVER_WRITTEN, operation, operation));
    }
  }

  private int patchesBefore(long nanos) {
    int at = Arrays.binarySearch(patchStarts, nanos);
    return at < 0 ? -at - 1 : at;
  }
}
