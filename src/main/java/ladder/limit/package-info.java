/**
 * Rung 6: one misbehaving client must not take down the API.
 *
 * <p>Each key may make so many requests in any span of a minute, over all nodes together. A counter
 * for each calendar minute would let through twice as many around the turn of the minute; a
 * weighted pair of counters is only about right. Here the times of the allowed requests themselves
 * are kept, and a request is allowed when fewer than the limit lie within the window that ends now.
 *
 * <pre>
 *        ├────────────── window ──────────────┤ now
 *   ×  × │ ×    × ×      ×   ×         × ×    │      allowed requests of one key, a list in Redis
 *   dropped          counted: 8 &lt; limit ──► push now, allow
 * </pre>
 *
 * <p>Trimming, testing and pushing are one Lua script, which Redis runs alone; the time is Redis's
 * own, so no two nodes disagree about it. One round trip, and one run for all requests of a key
 * that ask at the same time on a node. A refused request leaves no trace.
 *
 * <p>Guarantee: never more than the limit in any window, and never a refusal while there are fewer,
 * as long as Redis answers and keeps its data. While it is away each node allows at most the limit
 * for each key on its own, counting what it allowed just before.
 *
 * <p>Cost: up to {@code limit} numbers of 16 digits for each active key, about 2 KB at 100. When
 * not to use it: for limits of many thousands in a window, where a generic cell rate algorithm
 * keeps one number and is exact in another sense.
 *
 * <p>Read {@link ladder.limit.SlidingWindow}: its script is what makes the limiter exact.
 */
@NullMarked
package ladder.limit;

import org.jspecify.annotations.NullMarked;
