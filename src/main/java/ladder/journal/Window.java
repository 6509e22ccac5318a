package ladder.journal;

import java.util.TreeMap;
import ladder.journal.Entries.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The entries that one drainer has read and not finished: what lets it read past a failing entry.
 * Its size is bounded; when it is full the drainer reads no further, and the backlog stays where it
 * is safe, in the journal. Finding the earliest due entry walks the window, which is cheaper than
 * the delivery that follows. Owned by its drainer's thread.
 */
final class Window {
  /** An entry with what was tried so far. */
  static final class Waiting {
    final Entry entry;
    long dueNanos;

    /** How often the ledger said PENDING. */
    int pendings;

    /** Attempts that ended in Unavailable. */
    int attempts;

    /** What is left to write into the ledger: the delivery itself must not be repeated. */
    @Nullable Runnable unrecorded;

    Waiting(Entry entry, long dueNanos) {
      this.entry = entry;
      this.dueNanos = dueNanos;
    }
  }

  private final int sizeMax;
  private final TreeMap<Long, Waiting> byIndex = new TreeMap<>();
  private long lastRead;
  private long ordinalRead;

  /** {@code position} is the checkpoint from which reading goes on. */
  Window(int sizeMax, long position) {
    this.sizeMax = sizeMax;
    this.lastRead = position;
  }

  boolean full() {
    return byIndex.size() >= sizeMax;
  }

  int size() {
    return byIndex.size();
  }

  Waiting add(Entry entry, long nowNanos) {
    Waiting waiting = new Waiting(entry, nowNanos);
    byIndex.put(entry.index(), waiting);
    lastRead = entry.index();
    ordinalRead = entry.ordinal();
    return waiting;
  }

  void remove(Waiting waiting) {
    byIndex.remove(waiting.entry.index());
  }

  @Nullable Waiting earliestDue() {
    Waiting earliest = null;
    for (Waiting waiting : byIndex.values()) {
      if (earliest == null || waiting.dueNanos - earliest.dueNanos < 0) {
        earliest = waiting;
      }
    }
    return earliest;
  }

  /** True when all that is left are entries that wait for their receiver. */
  boolean onlyRetries() {
    return byIndex.values().stream().allMatch(w -> w.attempts > 0 && w.unrecorded == null);
  }

  /** Every entry up to this index is done. */
  long checkpoint() {
    return byIndex.isEmpty() ? lastRead : byIndex.firstEntry().getValue().entry.previous();
  }

  /** How many of the entries read, from the first, are done without a gap. */
  long doneThrough() {
    return byIndex.isEmpty() ? ordinalRead : byIndex.firstEntry().getValue().entry.ordinal() - 1;
  }
}
