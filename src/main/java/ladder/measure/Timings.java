package ladder.measure;

/**
 * Where the time of one request went, in nanoseconds for each {@link Phase}.
 *
 * <p>It is bound as a scoped value while the request is handled, so that a rung deep below can add
 * what it spent without a parameter through every layer. Not thread-safe: one request, one thread.
 */
@SuppressWarnings("EnumOrdinal") // an index into our own array, never stored
public final class Timings {
  /** The timings of the request that this thread handles. */
  public static final ScopedValue<Timings> CURRENT = ScopedValue.newInstance();

  private static final Phase[] PHASES = Phase.values();
  private static final int NANOS_PER_MICRO = 1_000;

  private final long[] nanos = new long[PHASES.length];
  private int applies;

  /** Adds to the current request's phase; does nothing outside a request. */
  public static void record(Phase phase, long nanos) {
    if (CURRENT.isBound()) {
      CURRENT.get().add(phase, nanos);
    }
  }

  /** Adds to a phase, which applies to this request from then on. */
  public void add(Phase phase, long nanos) {
    this.nanos[phase.ordinal()] += Math.max(0, nanos);
    applies |= 1 << phase.ordinal();
  }

  /** Whether anything was added to the phase, be it zero. */
  public boolean applies(Phase phase) {
    return (applies & (1 << phase.ordinal())) != 0;
  }

  /** What was added to the phase so far. */
  public long nanos(Phase phase) {
    return nanos[phase.ordinal()];
  }

  /**
   * The value of a {@code Server-Timing} header (W3C Server Timing): the phases that apply, then
   * the total, in milliseconds with up to three decimals.
   */
  public String serverTiming(long totalNanos) {
    StringBuilder header = new StringBuilder(96);
    for (Phase phase : PHASES) {
      if (applies(phase)) {
        header.append(phase.label()).append(";dur=");
        appendMillis(header, nanos[phase.ordinal()]);
        header.append(", ");
      }
    }
    header.append("total;dur=");
    appendMillis(header, Math.max(0, totalNanos));
    return header.toString();
  }

  // By hand, because String.format would cost more than routing the request does.
  private static void appendMillis(StringBuilder text, long nanos) {
    long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    text.append(micros / 1_000);
    int fraction = (int) (micros % 1_000);
    if (fraction == 0) {
      return;
    }
    text.append('.').append((char) ('0' + fraction / 100));
    if (fraction % 100 != 0) {
      text.append((char) ('0' + fraction / 10 % 10));
      if (fraction % 10 != 0) {
        text.append((char) ('0' + fraction % 10));
      }
    }
  }
}
