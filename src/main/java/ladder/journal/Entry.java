package ladder.journal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the journal that one channel has read and not finished. Its {@link Schedule} alone
 * moves it on:
 *
 * <pre>
 *            read
 *             │
 *             ▼   PENDING: asked again soon
 *         UNCHECKED ──────────────────────────▶ finished (VOID, DONE)
 *             │ DUE                                  ▲
 *             ▼                                      │ the ledger has it
 *            DUE ──────▶ UNDER_WAY ──────────▶ TO_RECORD
 *             ▲  started     │   Delivered, Refused,
 *             │              │   or tried enough and old enough
 *             └──────────────┘
 *         Deferred, Unavailable: tried again after a wait
 * </pre>
 *
 * <p>One that turns out DUE when it is older than {@link Ledger#MEMORY} goes TO_RECORD at once, as
 * a dead letter.
 */
final class Entry {
  enum State {
    /** The ledger is to be asked for its standing, once {@link #dueNanos} has come. */
    UNCHECKED,
    /** It is to be delivered, once {@link #dueNanos} has come. */
    DUE,
    UNDER_WAY,
    /** {@link #outcome} is to be written into the ledger, once {@link #dueNanos} has come. */
    TO_RECORD
  }

  /** Where it stands; grows, with gaps between days. */
  final long index;

  /** The index of the entry before it, or {@link Checkpoint#NONE}. */
  final long previous;

  /** Null when it cannot be read: then it is skipped and nothing asks for it. */
  final @Nullable Event read;

  State state = State.UNCHECKED;
  long dueNanos;

  /** How often the ledger said PENDING. */
  int pendings;

  /** How often it was given to the channel. */
  int attempts;

  /**
   * Whether the last attempt found the receiver unavailable: the end of the outage makes it due.
   */
  boolean awaitsReceiver;

  /** Delivered or Refused: kept, so that a ledger that is away costs no second delivery. */
  @Nullable Delivery outcome;

  Entry(long index, long previous, @Nullable Event read) {
    this.index = index;
    this.previous = previous;
    this.read = read;
  }

  Event event() {
    return Objects.requireNonNull(read);
  }
}
