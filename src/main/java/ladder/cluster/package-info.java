/**
 * Rung 3: vertical hits limits; horizontal is where growth happens.
 *
 * <p>A node keeps nothing that another node needs: users and answers are in PostgreSQL, windows and
 * cached values in Redis. So any number of nodes stand behind a load balancer that needs no sticky
 * sessions, and one limit and one cache hold for all of them. The journal alone is the node's own:
 * it is drained by the node that wrote it.
 *
 * <pre>
 *              ┌── node ──┐   one connection a node: the commands of all requests in flight
 *   balancer ──┼── node ──┼── leave together, and their answers come back together ──► Redis
 *              └── node ──┘
 * </pre>
 *
 * <p>This package holds the node's one connection to Redis. Rungs that use Redis don't know one
 * another, yet the commands of one request leave in one write: each begins its command without
 * waiting, and the channel flushes once for all that was begun in the meantime.
 *
 * <p>Guarantee: a command fails at once while Redis is away, within its timeout while Redis hangs,
 * and is never sent twice. Cost: one server more. When not to use it: a single node could keep
 * windows and values in its memory, and would lose both at every restart.
 *
 * <p>Read {@link ladder.cluster.RedisConnection}.
 */
@NullMarked
package ladder.cluster;

import org.jspecify.annotations.NullMarked;
