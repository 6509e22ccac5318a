package ladder.journal;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries that one drainer has read and not finished: what lets it read past a failing entry.
 * When it is full the drainer reads no further, and the backlog stays where it is safe, in the
 * journal. Finding the earliest due entry walks the window, which is cheaper than the delivery that
 * follows. Owned by its drainer's thread.
 */
final class Window {
  /** Each waiting entry holds one event, so a full window is about a megabyte. */
  static final int SIZE_MAX = 1_024;

  /** An entry of the journal with what was tried so far. */
  static final class Entry {
    /** Where it stands; grows, with gaps between days. */
    final long index;

    /** The index of the entry before it, or {@link Checkpoint#NONE}. */
    final long previous;

    /** Null when it cannot be read. */
    final @Nullable Event event;

    long dueNanos;

    /** How often the ledger said PENDING. */
    int pendings;

    /** How often it was given to the channel. */
    int attempts;

    /** What is left to write into the ledger: the delivery itself must not be repeated. */
    @Nullable Runnable unrecorded;

    Entry(long index, long previous, @Nullable Event event) {
      this.index = index;
      this.previous = previous;
      this.event = event;
    }
  }

  private final TreeMap<Long, Entry> byIndex = new TreeMap<>();
  private long lastRead;

  /** {@code position} is the checkpoint from which reading goes on. */
  Window(long position) {
    this.lastRead = position;
  }

  int size() {
    return byIndex.size();
  }

  void add(Entry entry) {
    byIndex.put(entry.index, entry);
    lastRead = entry.index;
  }

  void remove(Entry entry) {
    byIndex.remove(entry.index);
  }

  @Nullable Entry earliestDue() {
    return byIndex.values().stream()
        .min((a, b) -> Long.signum(a.dueNanos - b.dueNanos))
        .orElse(null);
  }

  /** True when all that is left are entries that wait for their receiver. */
  boolean onlyRetries() {
    return byIndex.values().stream().allMatch(w -> w.attempts > 0 && w.unrecorded == null);
  }

  /** Every entry up to this index is done. */
  long checkpoint() {
    return byIndex.isEmpty() ? lastRead : byIndex.firstEntry().getValue().previous;
  }
}
