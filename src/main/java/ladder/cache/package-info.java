/**
 * Rung 2: the fastest query is the one never made.
 *
 * <p>Most reads repeat. Cache-aside keeps the answer, as the very bytes that will be sent, beside
 * the database: a reader looks in Redis first, and only on a miss asks the database and puts what
 * it got into Redis for the next reader.
 *
 * <pre>
 *   read ──► GET user:{id} ──entry──► its value, as it is
 *                  │ nothing
 *                  └──► put a token ──► load ──► replace the token ──► the value
 *
 *   write ──► UPDATE ──► put a token ──► COMMIT ──► replace the token by the value ──► answer
 * </pre>
 *
 * <p>The ten lines that most programs have for this lie in two ways: a slow reader puts back what a
 * writer has replaced, and a writer that cannot reach the cache leaves the old value there.
 *
 * <p>Guarantee: once a write has been answered, no later read on any node returns an older version,
 * whatever Redis evicts, loses or restores, and whoever dies. The argument, for one key:
 *
 * <ol>
 *   <li>A hit is current. A writer holds the row's lock when it puts its token, and holds it until
 *       it has committed; so no entry stands from before a commit until after it, unless it was put
 *       there meanwhile.
 *   <li>A load puts nothing there meanwhile. It replaces only its own token, which a writer's token
 *       overwrites, so it read what no writer had begun to change. (Leases; Nishtala et al.:
 *       Scaling Memcache at Facebook, NSDI 2013.)
 *   <li>Tokens may be evicted. Then a load can put its own where the writer's stood, and keep what
 *       it read before the commit; but the writer finds, after the commit and before it answers,
 *       that its token is gone, and deletes what is there.
 *   <li>Redis may not confirm the writer's steps. Then the keys are recorded in the database with
 *       the write, and the write is answered only when every node has deleted them from Redis or
 *       ceased to trust it ({@code ladder.db.Invalidations}).
 *   <li>Redis may be restarted with data of before, or give way to a replica of its own that has
 *       missed something. Every entry names the run of the Redis that it was put in; those of
 *       another run are not read.
 *   <li>When the outcome of a commit is not known, the token stays, and every read loads.
 * </ol>
 *
 * <p>What is not promised: that a node which reaches neither the primary nor, in the same moment,
 * is reached through Redis by a writer who cannot reach Redis either, is still exact. While no
 * database answers the last value is served beyond its time to live, and says that it is stale; it
 * is the last that was written, too.
 *
 * <p>One load for a crowd: those of a node who miss the same key share one load, and the nodes take
 * turns by the token. Whoever came after a load had begun takes part only if its token was still
 * there when it ended, because it may have read before a write that was answered since. Nobody
 * waits for a loader that hangs for longer than a bound.
 *
 * <p>Cost: a write waits for Redis twice; memory for what is read once, and for the last value once
 * more; a miss waits for Redis twice more. When not to use it: for what is rarely read twice within
 * the time to live.
 *
 * <p>Read {@link ladder.cache.CacheAside} first, then {@link ladder.cache.Entries}, which has the
 * steps, and {@link ladder.cache.Loads}.
 */
@NullMarked
package ladder.cache;

import org.jspecify.annotations.NullMarked;
