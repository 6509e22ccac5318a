package ladder.redis;

import java.util.List;
import ladder.failure.UnavailableException;

/**
 * What a write puts in Redis before it commits, so that no node takes for current what the write
 * replaces. It is on its way when the caller gets it.
 *
 * <pre>
 *   statement ──▶ mark ──▶ await ──▶ commit ──▶ settle ──▶ answer
 *                              └───▶ rollback ──▶ withdraw
 * </pre>
 */
public interface Mark {
  /** What would have to be deleted from Redis if the mark, or what settles it, got lost. */
  List<String> keys();

  /**
   * Waits until Redis has it.
   *
   * @throws UnavailableException when it may have got lost
   */
  void await();

  /**
   * After the commit: puts what holds from now on, and waits until Redis has it.
   *
   * @param position in the write-ahead log, at or behind the commit
   * @throws UnavailableException when it may have got lost
   */
  void settle(long position);

  /** After a rollback. Not waited for: a mark that stays costs reads of the database only. */
  void withdraw();
}
