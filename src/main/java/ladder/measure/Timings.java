package ladder.measure;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import ladder.time.Clock;

/**
 * Where the time of one request went, in nanoseconds for each {@link Phase}.
 *
 * <p>It is bound as a scoped value while the request is handled, so that a rung deep below records
 * without a parameter through every layer: {@link #phase} for what the request does next, {@link
 * #beside} for what it has begun and will wait for together with something else.
 *
 * <p>No moment is counted twice. A phase within another takes its time from it; phases side by side
 * share theirs evenly. So the phases' sum never exceeds the total, and the rest is our own work and
 * the waiting for a processor. Not thread-safe: one request, one thread.
 */
@SuppressWarnings("EnumOrdinal") // an index into our own array, never stored
public final class Timings {
  /** The timings of the request that this thread handles. */
  public static final ScopedValue<Timings> CURRENT = ScopedValue.newInstance();

  private static final Phase[] PHASES = Phase.values();
  private static final int NANOS_PER_MICRO = 1_000;

  /** A phase that is open; closing it is idempotent. */
  @FunctionalInterface
  public interface Span extends AutoCloseable {
    @Override
    void close();
  }

  private static final Span NONE = () -> {};

  private final Clock clock;
  private final long[] nanos = new long[PHASES.length];
  private int applies;

  /** A bit for each phase to which the time now passing belongs. */
  private int open;

  private long settledNanos;

  public Timings(Clock clock) {
    this.clock = clock;
  }

  /**
   * Opens a phase of the current request, which takes the time until it is closed, also from a
   * phase that it stands in. Does nothing outside a request.
   */
  public static Span phase(Phase phase) {
    return CURRENT.isBound() ? CURRENT.get().open(phase, false) : NONE;
  }

  /** Opens a phase that shares the time with those already open. */
  public static Span beside(Phase phase) {
    return CURRENT.isBound() ? CURRENT.get().open(phase, true) : NONE;
  }

  /** A part of the result of work that was done for several requests, and where its time went. */
  public record Shared<T>(T result, Timings timings) {}

  /** Does work for several requests, with timings of its own; each part is for one of them. */
  public static <T> List<Shared<T>> shared(Clock clock, Supplier<List<T>> work) {
    Timings timings = new Timings(clock);
    long begin = clock.nanos();
    List<T> results = ScopedValue.where(CURRENT, timings).call(work::get);
    timings.finish(clock.nanos() - begin);
    return results.stream().map(result -> new Shared<>(result, timings)).toList();
  }

  /** Waits for a part of such work; the wait is divided among the phases as its time was. */
  public static <T> T share(Clock clock, Supplier<Shared<T>> wait) {
    long begin = clock.nanos();
    Shared<T> part = wait.get();
    if (CURRENT.isBound()) {
      CURRENT.get().divide(clock.nanos() - begin, part.timings);
    }
    return part.result;
  }

  private void divide(long waitNanos, Timings shared) {
    applies |= shared.applies;
    double share = (double) waitNanos / Math.max(1, LongStream.of(shared.nanos).sum());
    for (int i = 0; i < Phase.REST.ordinal(); i++) {
      nanos[i] += (long) (share * shared.nanos[i]);
    }
  }

  private Span open(Phase phase, boolean beside) {
    settle();
    int bit = 1 << phase.ordinal();
    int outer = open;
    applies |= bit;
    open = beside ? open | bit : bit;
    return () -> {
      if ((open & bit) != 0) {
        settle();
        open = beside ? open & ~bit : outer;
      }
    };
  }

  /** Gives the time since the last call to the phases that are open. */
  private void settle() {
    long now = clock.nanos();
    int sharers = Integer.bitCount(open);
    if (sharers > 0) {
      long share = (now - settledNanos) / sharers;
      for (int bits = open; bits != 0; bits &= bits - 1) {
        nanos[Integer.numberOfTrailingZeros(bits)] += share;
      }
    }
    settledNanos = now;
  }

  /** Whether the phase was opened. */
  public boolean applies(Phase phase) {
    return (applies & (1 << phase.ordinal())) != 0;
  }

  /** At the end of the request: what no phase took of the total is {@link Phase#REST}. */
  public void finish(long totalNanos) {
    long phases = LongStream.of(nanos).sum();
    nanos[Phase.REST.ordinal()] = Math.max(0, totalNanos - phases);
    applies |= 1 << Phase.REST.ordinal();
  }

  /** The phase's time, up to the last opening or closing. */
  public long nanos(Phase phase) {
    return nanos[phase.ordinal()];
  }

  /**
   * The value of a {@code Server-Timing} header (W3C Server Timing): the phases that apply, then
   * the total, in milliseconds with up to three decimals.
   */
  public String serverTiming(long totalNanos) {
    StringBuilder header = new StringBuilder(96);
    for (int i = 0; !PHASES[i].serverTiming().isEmpty(); ) {
      String name = PHASES[i].serverTiming();
      boolean applies = false;
      long sum = 0;
      for (; PHASES[i].serverTiming().equals(name); i++) {
        applies |= applies(PHASES[i]);
        sum += nanos[i];
      }
      if (applies) {
        header.append(name).append(";dur=");
        appendMillis(header, sum);
        header.append(", ");
      }
    }
    header.append("total;dur=");
    appendMillis(header, totalNanos);
    return header.toString();
  }

  // By hand, because String.format would cost more than routing the request does.
  private static void appendMillis(StringBuilder text, long nanos) {
    long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    text.append(micros / 1_000);
    long fraction = micros % 1_000;
    if (fraction > 0) {
      text.append('.');
    }
    for (int place = 100; fraction > 0; place /= 10) {
      text.append(fraction / place);
      fraction %= place;
    }
  }
}
