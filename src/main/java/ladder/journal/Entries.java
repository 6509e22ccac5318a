package ladder.journal;

import org.jspecify.annotations.Nullable;

/** The journal as one drainer reads it: forward, one entry at a time, never waiting. */
interface Entries {
  /** The next entry, or null when there is none yet. */
  @Nullable Entry next();

  /**
   * One entry.
   *
   * @param index where it stands in the journal; grows, with gaps between days
   * @param previous the index of the entry before it, or {@link Checkpoint#NONE}
   * @param ordinal 1 for the first entry that this reader gave, then 2, and so on
   * @param event null when the entry cannot be read
   * @param trouble why it cannot be read
   */
  record Entry(
      long index, long previous, long ordinal, @Nullable Event event, @Nullable String trouble) {}
}
