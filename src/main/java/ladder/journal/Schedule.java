package ladder.journal;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import ladder.journal.Delivery.Deferred;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Entry.State;
import ladder.journal.Ledger.Standing;
import ladder.time.Backoff;
import ladder.time.Outage;

/**
 * What one channel does next, and what follows from what came of it: all decisions of a drainer,
 * without threads, waits or I/O. It holds a window of entries in the {@linkplain Entry states}
 * drawn there, which lets the drainer read on past an entry that fails; what does not fit stays in
 * the journal.
 *
 * <p>An entry waits either for itself or for its receiver. After {@code Deferred} it waits for
 * itself, twice as long each time, up to the setting {@code LADDER_RETRY_MAX}. After {@code
 * Unavailable} it waits likewise until {@value #OUTAGE_FAILURES} in a row begin an outage; then the
 * outage's wait counts instead, {@link #PROBE_MAX} at most, after which one entry is tried. When
 * that one arrives, all that waited for the receiver are due at once, a few at a time.
 *
 * <p>Owned by its drainer's thread.
 */
final class Schedule {
  /**
   * Entries read and not done, each with its event: a few megabytes at most. So many that wait for
   * themselves do hold the others, which then stay in the journal.
   */
  static final int SIZE_MAX = 4_096;

  /** Entries in one question to the ledger: enough that the round trip is shared by many. */
  static final int BATCH_MAX = 128;

  /** So many receivers' failures in a row are no longer the entries' fault. */
  static final int OUTAGE_FAILURES = 3;

  /** The longest wait for a sign that something is left to do. */
  static final long POLL_NANOS_MAX = Duration.ofSeconds(1).toNanos();

  /** The longest wait between two tries of a receiver that is away. */
  static final Duration PROBE_MAX = Duration.ofMinutes(1);

  /** No receiver can stop its channel for longer than this by asking for a wait. */
  static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(10);

  /** A transaction usually commits within milliseconds of its append. */
  private static final Duration PENDING_MIN = Duration.ofMillis(2);

  private static final Duration PENDING_MAX = Duration.ofSeconds(5);

  private final Journal.Context context;
  private final int places;
  private final Backoff retry;
  private final Backoff pending;
  private final Outage receiver;
  private final TreeMap<Long, Entry> window = new TreeMap<>();
  private long lastRead;
  private int underWay;
  private long pauseEndNanos;

  /**
   * @param position the checkpoint from which reading goes on
   * @param places how many deliveries may be under way
   */
  Schedule(String channel, long position, int places, Journal.Context context) {
    Duration retryMin = context.options().retryMin();
    Duration retryMax = context.options().retryMax();
    this.lastRead = position;
    this.places = places;
    this.context = context;
    this.retry = context.backoff(retryMin, retryMax);
    this.pending = context.backoff(PENDING_MIN, PENDING_MAX);
    this.receiver =
        context.outage(
            "channel " + channel,
            OUTAGE_FAILURES,
            context.backoff(retryMin, Collections.min(List.of(retryMax, PROBE_MAX))));
    this.pauseEndNanos = nanos();
  }

  private long nanos() {
    return context.clock().nanos();
  }

  /** How many more entries to read: no more than a batch is kept at hand. */
  int wanted() {
    long untried =
        window.values().stream()
            .filter(e -> e.attempts == 0 && (e.pendings == 0 || e.state == State.DUE))
            .count();
    return (int) Math.min(SIZE_MAX - window.size(), BATCH_MAX - untried);
  }

  void add(Entry entry) {
    entry.dueNanos = nanos();
    window.put(entry.index, entry);
    lastRead = entry.index;
  }

  /** Entries whose standing the ledger is to be asked for now. */
  List<Entry> toCheck() {
    return due(State.UNCHECKED, BATCH_MAX);
  }

  /** The ledger's answer. */
  void checked(Entry entry, Standing standing) {
    switch (standing) {
      case VOID, DONE -> finished(entry);
      case PENDING -> entry.dueNanos = nanos() + pending.waitNanos(++entry.pendings);
      case DUE -> {
        if (age(entry).compareTo(Ledger.MEMORY) > 0) {
          end(entry, new Refused("older than the record of what was delivered goes back"));
        } else {
          entry.state = State.DUE;
        }
      }
    }
  }

  /**
   * Entries to deliver now, as many as there are free places; they count as under way. The earliest
   * due goes first, and who failed is due later than who is new: neither starves the other.
   */
  List<Entry> toDeliver() {
    List<Entry> chosen = due(State.DUE, freePlaces());
    for (Entry entry : chosen) {
      entry.state = State.UNDER_WAY;
      entry.attempts++;
    }
    underWay += chosen.size();
    return chosen;
  }

  /** During an outage a single delivery finds out whether it is over. */
  private int freePlaces() {
    return Math.max(0, (receiver.active() ? 1 : places) - underWay);
  }

  /** What came of a delivery. */
  void ended(Entry entry, Delivery delivery) {
    underWay--;
    entry.awaitsReceiver = delivery instanceof Unavailable;
    switch (delivery) {
      case Delivered _, Refused _ -> end(entry, delivery);
      case Deferred(String reason) -> tryAgain(entry, reason, retry.waitNanos(entry.attempts));
      case Unavailable(String reason, Duration retryAfter) when retryAfter.isPositive() -> {
        pauseEndNanos = nanos() + Collections.min(List.of(retryAfter, RETRY_AFTER_MAX)).toNanos();
        tryAgain(entry, reason, pauseEndNanos - nanos());
      }
      case Unavailable(String reason, _) -> {
        // What was under way as an outage began must not lengthen its wait.
        if (!receiver.active() || underWay == 0) {
          receiver.failed(reason);
        }
        tryAgain(entry, reason, retry.waitNanos(entry.attempts));
      }
    }
    if (!entry.awaitsReceiver && receiver.active()) {
      window.values().stream().filter(e -> e.awaitsReceiver).forEach(e -> e.dueNanos = nanos());
    }
    if (!entry.awaitsReceiver) {
      receiver.succeeded();
    }
  }

  private void tryAgain(Entry entry, String reason, long waitNanos) {
    if (entry.attempts >= context.options().attemptsMax()
        && age(entry).compareTo(context.options().ageMax()) > 0) {
      end(entry, new Refused(reason));
    } else {
      entry.state = State.DUE;
      entry.dueNanos = nanos() + waitNanos;
    }
  }

  private void end(Entry entry, Delivery outcome) {
    entry.state = State.TO_RECORD;
    entry.outcome = outcome;
    entry.dueNanos = nanos();
  }

  private Duration age(Entry entry) {
    return Duration.between(entry.event().at(), context.clock().now());
  }

  /** Entries whose outcome the ledger is to be given now. */
  List<Entry> toRecord() {
    return due(State.TO_RECORD, BATCH_MAX);
  }

  /** There is nothing left to do for it. */
  void finished(Entry entry) {
    window.remove(entry.index);
  }

  /** The ledger fails on this entry alone: it is asked again after the entry's own wait. */
  void postpone(Entry entry) {
    entry.dueNanos = nanos() + retry.waitNanos(++entry.attempts);
  }

  private List<Entry> due(State state, int max) {
    long now = nanos();
    return window.values().stream()
        .filter(e -> e.state == state && untilDueNanos(e) <= 0)
        .sorted(Comparator.comparingLong(e -> e.dueNanos - now))
        .limit(max)
        .toList();
  }

  /** Not positive when it is due now. */
  private long untilDueNanos(Entry entry) {
    long own = entry.dueNanos - nanos();
    if (entry.state != State.DUE) {
      return own;
    }
    long hold = Math.max(receiver.holdNanos(), pauseEndNanos - nanos());
    return Math.max(hold, entry.awaitsReceiver && receiver.active() ? 0 : own);
  }

  /** How long there is nothing to do unless a delivery ends or an entry is appended; positive. */
  long waitNanos() {
    boolean full = freePlaces() == 0;
    long wait =
        window.values().stream()
            .filter(e -> e.state != State.UNDER_WAY && !(e.state == State.DUE && full))
            .mapToLong(this::untilDueNanos)
            .min()
            .orElse(POLL_NANOS_MAX);
    return Math.clamp(wait, 1, POLL_NANOS_MAX);
  }

  /** True when all that is left are entries that wait for their receiver. */
  boolean awaitsReceiverOnly() {
    return window.values().stream()
        .allMatch(e -> e.state == State.DUE && (e.attempts > 0 || untilDueNanos(e) > 0));
  }

  /** True when no delivery is to be waited for, and none to be recorded. */
  boolean nothingUnderWay() {
    return window.values().stream()
        .allMatch(e -> e.state == State.UNCHECKED || e.state == State.DUE);
  }

  /** Every entry up to this index is done. */
  long position() {
    return window.isEmpty() ? lastRead : window.firstEntry().getValue().previous;
  }

  int size() {
    return window.size();
  }
}
