/**
 * Rung 2: the fastest query is the one never made.
 *
 * <p>Most reads repeat. Cache-aside keeps the answer, as the very bytes that will be sent, beside
 * the database: a reader looks in Redis first, and only on a miss asks the database and puts what
 * it got into Redis for the next reader.
 *
 * <pre>
 *   read ──► GET user:{id} ──hit──► the bytes, as they are
 *                  │ miss
 *                  └──► load ──► put unless newer ──► the bytes
 *
 *   write ──► commit ──► put unless newer             delete ──► commit ──► put "gone"
 * </pre>
 *
 * <p>The hazard of every cache-aside is a slow reader that puts back what a writer has just
 * replaced. So each value ends in its version, and a put is a script that gives way to a newer one;
 * a deleted key holds the word {@code null} for longer than any load takes, and gives way to
 * nothing.
 *
 * <p>Guarantee: a value never replaces a newer one that Redis holds; an unreadable value counts as
 * a miss; without Redis every read is a load, and none fails for it. Not guaranteed: when Redis is
 * away during a write, or evicts what it held, an old value may be served until its time to live
 * ends.
 *
 * <p>Cost: a write puts the value once more; memory for what is read once. When not to use it: for
 * what is rarely read twice within the time to live, or must never be a moment old.
 *
 * <p>Read {@link ladder.cache.CacheAside} first.
 */
@NullMarked
package ladder.cache;

import org.jspecify.annotations.NullMarked;
