package ladder.fault.table;

import java.util.List;
import java.util.function.Predicate;
import ladder.fault.table.Fault.Hit;
import ladder.harness.history.Operation;
import ladder.harness.history.Outcome;
import ladder.harness.history.Violation;

/**
 * What a load met during one fault.
 *
 * @param faultSeconds how long the fault lasted; the load began before it and went on after it
 * @param loadSeconds how long the load lasted
 * @param perSecond requests, once the nodes were warm
 * @param staleReads answers that went back in time
 * @param wrongWrites writes that were lost, or that answered what cannot be
 * @param hitRatio of the reads of users, those that the cache answered
 * @param examples of both, for people
 */
record FaultRow(
    String fault,
    String done,
    Hit hit,
    double faultSeconds,
    double loadSeconds,
    String load,
    int requests,
    long perSecond,
    int failedReads,
    int failedWrites,
    int staleReads,
    int wrongWrites,
    double readP99Millis,
    double readMaxMillis,
    double hitRatio,
    List<String> examples) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  /** How long nodes that were just started are slower than they will be. */
  private static final double WARM_UP_SECONDS = 3;

  /** What was measured. */
  record Measured(
      List<Operation> operations,
      List<Violation> violations,
      List<String> examples,
      long startNanos,
      double loadSeconds) {}

  static FaultRow of(Fault fault, double faultSeconds, String load, Measured measured) {
    List<Operation> all = measured.operations();
    double[] reads =
        all.stream()
            .filter(o -> !o.isWrite())
            .mapToDouble(o -> o.nanos() / NANOS_PER_MILLI)
            .sorted()
            .toArray();
    return new FaultRow(
        fault.name(),
        fault.done(),
        fault.hit(),
        faultSeconds,
        measured.loadSeconds(),
        load,
        all.size(),
        perSecond(measured),
        count(all, o -> o.failed() && !o.isWrite()),
        count(all, o -> o.failed() && o.isWrite()),
        wrong(measured.violations(), Violation::isStaleRead),
        wrong(measured.violations(), v -> !v.isStaleRead()),
        quantile(reads, 0.99),
        quantile(reads, 1),
        hitRatio(all),
        measured.examples());
  }

  private static int count(List<Operation> operations, Predicate<Operation> which) {
    return (int) operations.stream().filter(which).count();
  }

  /** An answer that is wrong in two ways counts once. */
  private static int wrong(List<Violation> violations, Predicate<Violation> which) {
    return (int) violations.stream().filter(which).map(v -> v.later().number()).distinct().count();
  }

  private static long perSecond(Measured measured) {
    double warmSeconds = measured.loadSeconds() - WARM_UP_SECONDS;
    double fromNanos = measured.startNanos() + WARM_UP_SECONDS * NANOS_PER_SECOND;
    int warm = count(measured.operations(), o -> o.startNanos() >= fromNanos);
    return warmSeconds <= 0 ? 0 : Math.round(warm / warmSeconds);
  }

  private static double quantile(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  private static double hitRatio(List<Operation> operations) {
    int hits = count(operations, o -> isAnswered(o) && isHit(o));
    int all = count(operations, FaultRow::isAnswered);
    return all == 0 ? 0 : hits / (double) all;
  }

  private static boolean isAnswered(Operation o) {
    return o.action() == Operation.Action.GET_USER && !o.failed();
  }

  private static boolean isHit(Operation o) {
    return switch (o.outcome()) {
      case Outcome.User(_, _, _, boolean cached) -> cached;
      case Outcome.Absent(boolean cached) -> cached;
      default -> false;
    };
  }

  /** What must not be; empty when all is as promised. */
  List<String> broken() {
    List<String> broken = new java.util.ArrayList<>();
    if (staleReads > 0) {
      broken.add("%s: %d stale reads".formatted(fault, staleReads));
    }
    if (wrongWrites > 0) {
      broken.add("%s: %d wrong writes".formatted(fault, wrongWrites));
    }
    if (failedReads > 0 && hit.isHiddenFromReads()) {
      broken.add("%s: %d failed reads".formatted(fault, failedReads));
    }
    return broken;
  }
}
