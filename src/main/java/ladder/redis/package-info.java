/**
 * A floor: Redis, and the only package that knows its client.
 *
 * <p>Rungs that use Redis do not know one another, yet the calls of all requests leave together: a
 * rung makes a call without waiting, gets a {@link ladder.redis.Reply}, and waits for that when it
 * needs it. Between the two, {@link ladder.redis.Pipeline} gathers what others call. All look-ups
 * that gathered are one MGET; all questions of one client to the limiter are one run of its script,
 * which is told how many they are.
 *
 * <pre>
 *   limit ── runForAll(script) ──┐                       ┌── one EVALSHA a client ──┐
 *                                ├──► Redis ──► Pipeline ┤                          ├──► Redis
 *   cache ── get ────────────────┘                       └── one MGET ──────────────┘
 *                                                            in one write
 * </pre>
 *
 * <p>Guarantee: a command is sent once at the most; every reply ends, with an answer or with an
 * {@link ladder.failure.UnavailableException}; while Redis is away commands fail at once. Redis
 * counts as away when no connection stands, and a connection is closed when Redis refuses it or was
 * silent for {@code LADDER_REDIS_TIMEOUT}: a process of ours that is late does not count. A new
 * connection is used once Redis has answered on it within that time, so a slow Redis costs each
 * request of one moment one timeout, and those after it nothing. What is under way when a
 * connection breaks fails, and Redis may or may not have run it.
 *
 * <p>A write leaves a {@link ladder.redis.Mark} before it commits, which cache and db give to the
 * transaction: it is how they keep what Redis holds from being older than what was answered.
 *
 * <p>For the cache an outage begins with the first look-up that fails: it loads instead, and so do
 * all others until a look-up is answered again. For the limiter it begins with the first question
 * that fails: this node's own window decides, and takes part for one window after Redis answers
 * again, since Redis has not seen what it allowed. Both begin and end with the connection, which a
 * task makes anew every 100 to 500 ms; {@link ladder.time.Outage} only logs the outage once at each
 * end.
 *
 * <p>Cost: replies of a batch wait for one another, so one slow command delays those that gather
 * behind it. When not to use it: for commands that block or return much.
 *
 * <p>Read {@link ladder.redis.Redis} first, then {@link ladder.redis.Pipeline}.
 */
@NullMarked
package ladder.redis;

import org.jspecify.annotations.NullMarked;
