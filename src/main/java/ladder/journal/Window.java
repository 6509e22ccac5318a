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

  /**
   * One entry of the journal.
   *
   * @param index where it stands; grows, with gaps between days
   * @param previous the index of the entry before it, or {@link Checkpoint#NONE}
   * @param event null when it cannot be read
   */
  record Entry(long index, long previous, @Nullable Event event) {}

  /** An entry with what was tried so far. */
  static final class Waiting {
    final Entry entry;
    long dueNanos;

    /** How often the ledger said PENDING. */
    int pendings;

    /** Attempts that failed. */
    int attempts;

    /** What is left to write into the ledger: the delivery itself must not be repeated. */
    @Nullable Runnable unrecorded;

    Waiting(Entry entry, long dueNanos) {
      this.entry = entry;
      this.dueNanos = dueNanos;
    }
  }

  private final TreeMap<Long, Waiting> byIndex = new TreeMap<>();
  private long lastRead;

  /** {@code position} is the checkpoint from which reading goes on. */
  Window(long position) {
    this.lastRead = position;
  }

  int size() {
    return byIndex.size();
  }

  Waiting add(Entry entry, long nowNanos) {
    Waiting waiting = new Waiting(entry, nowNanos);
    byIndex.put(entry.index(), waiting);
    lastRead = entry.index();
    return waiting;
  }

  void remove(Waiting waiting) {
    byIndex.remove(waiting.entry.index());
  }

  @Nullable Waiting earliestDue() {
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
    return byIndex.isEmpty() ? lastRead : byIndex.firstEntry().getValue().entry.previous();
  }
}
