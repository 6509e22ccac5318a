package ladder.redis;

import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;

/**
 * What a write puts in Redis before it commits, so that no node takes for current what the write
 * replaces. It is on its way when the caller gets it.
 *
 * <pre>
 *   statement ──▶ mark ──▶ await ──▶ commit ──▶ settle ──▶ answer
 *                              └───▶ rollback ──▶ withdraw
 * </pre>
 *
 * @param keys what would have to be deleted from Redis if the mark, or what settles it, got lost
 * @param placed the reply to the mark
 * @param settling puts what holds from now on, given a position of the write-ahead log behind the
 *     commit
 * @param withdrawing takes the mark away
 */
public record Mark(
    List<String> keys,
    Reply<?> placed,
    LongFunction<Reply<?>> settling,
    Supplier<Reply<?>> withdrawing) {
  /**
   * Waits until Redis has it.
   *
   * @throws UnavailableException when it may have got lost
   */
  public void await() {
    await(placed);
  }

  /**
   * After the commit: waits until Redis has what holds from now on.
   *
   * @throws UnavailableException when it may have got lost
   */
  public void settle(long position) {
    await(settling.apply(position));
  }

  /** After a rollback. Not waited for: a mark that stays costs reads of the database only. */
  public void withdraw() {
    var _ = withdrawing.get();
  }

  private static void await(Reply<?> reply) {
    try (var _ = Timings.phase(Phase.CACHE)) {
      Object _ = reply.await();
    }
  }
}
