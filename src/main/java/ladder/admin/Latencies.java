package ladder.admin;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * The latencies of the interval that passes, of all routes together, for percentiles closer than
 * the buckets of {@code /metrics} give them. While nobody looks there is no recorder, and an answer
 * costs one volatile read. Thread-safe; one thread at a time takes.
 */
final class Latencies {
  /** No answer takes longer: the engine's own bound. */
  private static final long MICROS_MAX = TimeUnit.SECONDS.toMicros(60);

  /** Values are kept within 1 %, in about 20 KB. */
  private static final int DIGITS = 2;

  private volatile @Nullable Recorder recorder;

  void record(long nanos) {
    Recorder watched = recorder;
    if (watched != null) {
      watched.recordValue(Math.min(TimeUnit.NANOSECONDS.toMicros(nanos), MICROS_MAX));
    }
  }

  /** Begins to record, or ceases to. */
  void watch(boolean on) {
    recorder = on ? new Recorder(1, MICROS_MAX, DIGITS) : null;
  }

  /** What was recorded, in microseconds, since the last call or since it is watched. */
  Histogram take() {
    Recorder watched = recorder;
    return watched == null ? new Histogram(1, MICROS_MAX, DIGITS) : watched.getIntervalHistogram();
  }
}
