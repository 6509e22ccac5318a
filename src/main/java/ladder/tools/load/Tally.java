package ladder.tools.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Counts what became of the requests. A latency counts when the request's intended start lies in
 * the measured time, the warm-up left out; one without an answer counts with how long it waited in
 * vain, which is the least that it can have taken. Throughput counts the answers that arrive within
 * the measured time. Used by one thread.
 */
final class Tally {
  private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

  /** Three digits: a thousandth of each value is beyond what is asked of it. */
  private static final int DIGITS = 3;

  private static final long MICRO_NANOS = 1_000;

  private final long from;
  private final long end;
  private final Histogram latencies = histogram();
  private final Map<String, Long> statuses = new TreeMap<>();
  private final Map<String, Long> errors = new TreeMap<>();
  private long answeredInTime;

  private final Histogram second = histogram();
  private long secondErrors;

  /**
   * @param from when the warm-up is over, in nanoseconds
   * @param end when the last request starts
   */
  Tally(long from, long end) {
    this.from = from;
    this.end = end;
  }

  private static Histogram histogram() {
    return new Histogram(MICRO_NANOS, HOUR_NANOS, DIGITS);
  }

  void answered(long intended, long now, int status) {
    second.recordValue(bounded(now - intended));
    if (now >= from && now < end) {
      answeredInTime++;
    }
    if (intended >= from) {
      latencies.recordValue(bounded(now - intended));
      statuses.merge(Integer.toString(status), 1L, Long::sum);
    }
  }

  /** There is no answer, and will be none. */
  void failed(long intended, long now, String kind) {
    secondErrors++;
    if (intended >= from) {
      latencies.recordValue(bounded(now - intended));
      errors.merge(kind, 1L, Long::sum);
    }
  }

  private static long bounded(long nanos) {
    return Math.clamp(nanos, 0, HOUR_NANOS);
  }

  /** One line on what came since the last one. */
  String lastSecond() {
    String line =
        String.format(
            Locale.ROOT,
            "%,9d/s   p50 %s   p99 %s   max %s ms%s",
            second.getTotalCount(),
            LoadResult.millis(percentile(second, 50)),
            LoadResult.millis(percentile(second, 99)),
            LoadResult.millis(percentile(second, 100)),
            secondErrors == 0 ? "" : "   %,d without an answer".formatted(secondErrors));
    second.reset();
    secondErrors = 0;
    return line;
  }

  LoadResult result() {
    double seconds = (end - from) / 1e9;
    return new LoadResult(
        latencies.getTotalCount(),
        seconds,
        answeredInTime / seconds,
        Map.copyOf(statuses),
        Map.copyOf(errors),
        new LoadResult.Latency(
            latencies.getTotalCount() == 0 ? 0 : latencies.getMean() / 1e6,
            percentile(latencies, 50),
            percentile(latencies, 90),
            percentile(latencies, 99),
            percentile(latencies, 99.9),
            percentile(latencies, 100)));
  }

  private static double percentile(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
