/**
 * Rung 4: your API scales; can your database?
 *
 * <p>Opening a connection to PostgreSQL costs a process and several round trips, so connections are
 * kept ready in pools; and there are far fewer of them than requests, so waiting for one is
 * bounded. A read need not load the server that takes the writes, so it goes to a replica, unless
 * the replica could be behind what its reader has just written.
 *
 * <pre>
 *   write(tx) ───────────────────────────► primary pool ──► primary
 *                    recent write of it?        ▲              │ streams
 *   read(subject) ──┬── yes, or replica is ─────┘              ▼
 *                   │   down or late
 *                   └── no ──────────────► replica pool ──► replica
 * </pre>
 *
 * <p>Guarantee: writes see the primary alone; a read follows a write of the same subject on the
 * same node for {@code LADDER_READ_AFTER_WRITE}; a row is called absent only by the primary; a read
 * fails only when both servers are away. On another node a read may still be late by the replica's
 * lag.
 *
 * <p>Cost: one idle connection for each place in the pool, on every node: divide the database's
 * {@code max_connections} by the nodes, or put PgBouncer in front. When not to use it: with one
 * server there is no replica to read; leave {@code LADDER_REPLICA_URL} unset.
 *
 * <p>Read {@link ladder.db.Database} first, then {@link ladder.db.ReadRouting}, where it is decided
 * whether a read goes to the replica.
 */
@NullMarked
package ladder.db;

import org.jspecify.annotations.NullMarked;
