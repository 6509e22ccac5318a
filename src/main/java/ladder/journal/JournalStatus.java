package ladder.journal;

import java.util.List;

/**
 * What the files say of a journal, without asking its server.
 *
 * @param last index of the last entry, -1 when there is none
 */
public record JournalStatus(long last, List<Position> channels) {
  /**
   * Where one channel stands.
   *
   * @param position every entry up to this index is done, -1 for none
   * @param lagEntries entries after it
   */
  public record Position(String channel, long position, long lagEntries) {}
}
