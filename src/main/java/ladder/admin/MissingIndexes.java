package ladder.admin;

import java.util.List;

/** The indexes that statements would use if they were there. Thread-safe. */
final class MissingIndexes {
  /**
   * @param statement the SQL that makes it, without blocking writes
   * @param scans sequential scans of the table so far
   */
  record Missing(String table, String statement, long scans) {}

  List<Missing> list() {
    return List.of();
  }
}
