/**
 * Rung 3: vertical hits limits; horizontal is where growth happens.
 *
 * <p>A node keeps nothing that another node needs: users and answers are in PostgreSQL, windows and
 * cached values in Redis. So any number of nodes stand behind a load balancer that needs no sticky
 * sessions, and one limit and one cache hold for all of them. The journal alone is the node's own:
 * it is drained by the node that wrote it.
 *
 * <pre>
 *              ┌── node ──┐
 *   balancer ──┼── node ──┼── users, orders, keys ──► PostgreSQL
 *              └── node ──┘   windows, values ──────► Redis
 * </pre>
 *
 * <p>The rung is a rule that every other package keeps, so it has no code of its own: what must be
 * shared stands in {@code cache}, {@code limit} and {@code db}. Cost: one server more. When not to
 * use it: a single node could keep windows and values in its memory, and would lose both at every
 * restart.
 */
@NullMarked
package ladder.cluster;

import org.jspecify.annotations.NullMarked;
