package ladder.redis;

import java.util.List;
import java.util.function.LongFunction;

/**
 * What a write puts in Redis before it commits, so that no node takes for current what the write
 * replaces. It is on its way when the caller gets it.
 *
 * <pre>
 *   statement ──▶ placed ──▶ commit ──▶ settling ──▶ answer
 *                    └────▶ rollback ──▶ withdrawing
 * </pre>
 *
 * @param keys what would have to be deleted from Redis if the mark, or what settles it, got lost
 * @param placed the reply to the mark
 * @param settling puts what holds from now on, given a position of the write-ahead log behind the
 *     commit
 * @param withdrawing takes the mark away; not waited for, since a mark that stays costs reads of
 *     the database only
 */
public record Mark(
    List<String> keys, Reply<?> placed, LongFunction<Reply<?>> settling, Runnable withdrawing) {}
