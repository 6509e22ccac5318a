package ladder.harness.history;

import java.util.function.Consumer;
import ladder.harness.history.Violation.Rule;
import org.jspecify.annotations.Nullable;

/** The latest state of one user that was answered so far. Used by one thread. */
final class UserStates {
  /** After every version. */
  private static final long GONE = Long.MAX_VALUE;

  /** There, at a version that the answer does not tell. */
  private static final long SOME_VERSION = 0;

  private static final long NO_NEWS = -1;

  private final Writes writes;
  private final Consumer<Violation> report;
  private long reached = NO_NEWS;
  private @Nullable Operation witness;

  UserStates(Writes writes, Consumer<Violation> report) {
    this.writes = writes;
    this.report = report;
  }

  /** Takes in what an operation that has ended shows. */
  void absorb(Operation operation) {
    long state = state(operation);
    // Beside a reader the writer is the better witness.
    boolean better = operation.isWrite() && witness != null && !witness.isWrite();
    if (state > reached || (state == reached && better)) {
      reached = state;
      witness = operation;
    }
  }

  private long state(Operation operation) {
    return switch (operation.outcome()) {
      case Outcome.User(_, long version, _, _) -> version;
      case Outcome.Deleted() -> GONE;
      // An absence that no deletion explains is wrong itself, and proves nothing for others.
      case Outcome.Absent(_) -> writes.mayBeGone(operation) ? GONE : NO_NEWS;
      case Outcome.Order _, Outcome.Page _ -> SOME_VERSION;
      case Outcome.Refused _, Outcome.Unknown _ -> NO_NEWS;
    };
  }

  /** Compares an operation that begins now with the latest state. */
  void check(Operation operation) {
    if (witness != null) {
      Rule rule = broken(operation, witness);
      if (rule != null) {
        report.accept(new Violation(rule, witness, operation));
      }
    }
  }

  private @Nullable Rule broken(Operation operation, Operation earlier) {
    boolean there =
        switch (operation.outcome()) {
          case Outcome.User _, Outcome.Deleted(), Outcome.Order _, Outcome.Page _ -> true;
          case Outcome.Absent _, Outcome.Refused _, Outcome.Unknown _ -> false;
        };
    if (there && reached == GONE) {
      return Rule.BACK_FROM_DELETION;
    }
    if (operation.outcome() instanceof Outcome.Absent && !writes.mayBeGone(operation)) {
      return Rule.ABSENT_WITHOUT_DELETE;
    }
    if (operation.outcome() instanceof Outcome.User(_, long version, _, _)) {
      if (operation.isWrite()) {
        return version <= reached ? Rule.LOST_WRITE : null;
      }
      if (version < reached) {
        return earlier.isWrite() ? Rule.OLDER_THAN_WRITE : Rule.OLDER_THAN_READ;
      }
    }
    return null;
  }
}
