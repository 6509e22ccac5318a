package ladder.harness.history;

/**
 * One request and what came of it. Both times are of one clock, so an operation precedes another if
 * it ended before that one began; otherwise they overlap and either may have come first.
 *
 * @param number in the order in which requests were made, for people
 * @param user whom it concerns; for a sign-up the one that it made, {@link #NOBODY} if it made none
 * @param order which it asks for, 0 for none
 * @param node from 1
 */
public record Operation(
    int number,
    Action action,
    long user,
    long order,
    int node,
    long startNanos,
    long endNanos,
    Outcome outcome) {
  /** The user of a sign-up that is not known to have made one. */
  public static final long NOBODY = 0;

  /** What was asked for. */
  public enum Action {
    SIGN_UP(true, "POST /signup"),
    PATCH_USER(true, "PATCH /users/%d"),
    DELETE_USER(true, "DELETE /users/%d"),
    POST_ORDER(true, "POST /users/%d/orders"),
    GET_USER(false, "GET /users/%d"),
    LIST_ORDERS(false, "GET /users/%d/orders"),
    GET_ORDER(false, "GET /orders/%2$d");

    private final boolean write;
    private final String form;

    Action(boolean write, String form) {
      this.write = write;
      this.form = form;
    }

    public boolean isWrite() {
      return write;
    }
  }

  public boolean isWrite() {
    return action.isWrite();
  }

  public boolean precedes(Operation other) {
    return endNanos < other.startNanos;
  }

  /** Whether it got no proper answer. That a user or an order is absent is a proper one. */
  public boolean failed() {
    return outcome instanceof Outcome.Unknown || outcome instanceof Outcome.Refused;
  }

  /** Whether it had its effect, or may have it yet, at some time after its start. */
  boolean mayHaveHappened() {
    return isWrite()
        && !(outcome instanceof Outcome.Refused)
        && !(outcome instanceof Outcome.Absent);
  }

  public long nanos() {
    return endNanos - startNanos;
  }

  /**
   * For people.
   *
   * @param zeroNanos from when its times are counted
   */
  String text(long zeroNanos) {
    String what = action.form.formatted(user, order);
    return "#%d %s on node %d, %.6f s to %.6f s: %s"
        .formatted(
            number,
            what,
            node,
            (startNanos - zeroNanos) / 1e9,
            (endNanos - zeroNanos) / 1e9,
            outcome);
  }
}
