package ladder.tools.load;

/**
 * Says when requests are due, by what is a pure function of the time but for the count of those
 * taken. All times are nanoseconds of one clock. Used by one thread, but for {@link #untilNext}.
 */
sealed interface Pace {
  /** What {@link #take} answers when no request is due. */
  long NONE = Long.MIN_VALUE;

  /**
   * Takes the next request that is due.
   *
   * @return its intended start, from which its latency counts; {@link #NONE} when none is due
   */
  long take(long now);

  /** How many requests are due and not yet taken: each needs a connection. */
  long waiting(long now);

  /** How many connections to have, when so many are open. */
  int connections(int open, long now);

  /** How long until the next becomes due, in nanoseconds; any thread may ask. */
  long untilNext(long now);

  /** An open loop: the n-th request starts n intervals after the first, whatever else happens. */
  final class Open implements Pace {
    /** More hide a server that stands still no better, and cost memory at both ends. */
    static final int CONNECTIONS_MAX = 1_000;

    /** How many connections may be opened for the requests that wait, at one look. */
    private static final int OPENED_AT_ONCE = 16;

    private final double intervalNanos;
    private final long start;
    private final long total;
    private long taken;

    Open(int perSecond, long start, long end) {
      this.intervalNanos = 1e9 / perSecond;
      this.start = start;
      this.total = (long) Math.ceil((end - start) / intervalNanos);
    }

    private long intended(long index) {
      return start + Math.round(index * intervalNanos);
    }

    private long due(long now) {
      return now < start ? 0 : Math.min(total, (long) ((now - start) / intervalNanos) + 1);
    }

    @Override
    public long take(long now) {
      return taken < due(now) ? intended(taken++) : NONE;
    }

    @Override
    public long waiting(long now) {
      return due(now) - taken;
    }

    @Override
    public int connections(int open, long now) {
      long opened = Math.min(waiting(now), OPENED_AT_ONCE);
      return (int) Math.min(CONNECTIONS_MAX, open + opened);
    }

    @Override
    public long untilNext(long now) {
      long due = due(now);
      return due < total ? intended(due) - now : Long.MAX_VALUE;
    }
  }

  /** A closed loop: a client starts its next request when it has its answer, until the end. */
  record Closed(int count, long end) implements Pace {
    @Override
    public long take(long now) {
      return now < end ? now : NONE;
    }

    @Override
    public long waiting(long now) {
      return 0;
    }

    @Override
    public int connections(int open, long now) {
      return now < end ? count : open;
    }

    @Override
    public long untilNext(long now) {
      return Long.MAX_VALUE;
    }
  }
}
