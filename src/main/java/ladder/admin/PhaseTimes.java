package ladder.admin;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import ladder.measure.Phase;
import ladder.measure.Timings;

/**
 * How long the requests of one route spent in one phase: a histogram. It is not Micrometer's, whose
 * timers cost several times as much for every phase of every request. Thread-safe.
 */
final class PhaseTimes {
  private static final double NANOS_PER_SECOND = 1e9;

  /** From a cached read's wait to a statement that is about to be ended; the last has no bound. */
  private static final long[] UPPER_NANOS = {
    250_000,
    1_000_000,
    5_000_000,
    25_000_000,
    100_000_000,
    500_000_000,
    2_500_000_000L,
    Long.MAX_VALUE
  };

  private static final double[] UPPER_SECONDS =
      Arrays.stream(UPPER_NANOS)
          .mapToDouble(n -> n == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : n / NANOS_PER_SECOND)
          .toArray();

  private final Phase phase;
  private final LongAdder nanos = new LongAdder();
  private final LongAdder[] buckets =
      Stream.generate(LongAdder::new).limit(UPPER_NANOS.length).toArray(LongAdder[]::new);

  PhaseTimes(Phase phase) {
    this.phase = phase;
  }

  void add(Timings timings) {
    if (timings.applies(phase)) {
      long spent = timings.nanos(phase);
      nanos.add(spent);
      int i = 0;
      while (spent > UPPER_NANOS[i]) {
        i++;
      }
      buckets[i].increment();
    }
  }

  Phase phase() {
    return phase;
  }

  /** Requests that had the phase. */
  long count() {
    return Stream.of(buckets).mapToLong(LongAdder::sum).sum();
  }

  double seconds() {
    return nanos.sum() / NANOS_PER_SECOND;
  }

  HistogramDataPointSnapshot point(String route) {
    long[] counts = Stream.of(buckets).mapToLong(LongAdder::sum).toArray();
    return HistogramDataPointSnapshot.builder()
        .labels(Labels.of("phase", phase.label(), "route", route))
        .classicHistogramBuckets(ClassicHistogramBuckets.of(UPPER_SECONDS, counts))
        .sum(seconds())
        .build();
  }
}
