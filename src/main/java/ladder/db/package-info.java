/**
 * Rung 4: your API scales; can your database?
 *
 * <p>Opening a connection to PostgreSQL costs a process and several round trips, so connections are
 * kept ready in pools; and there are far fewer of them than requests, so waiting for one is
 * bounded. A read need not load the server that takes the writes, so it goes to a replica, unless
 * the replica could be behind what its reader has just written.
 *
 * <pre>
 *   write(tx) ─────────────────────────────────────┬──► primary pool ──► primary
 *                                                   │                      │
 *   find(subject) ──┬── written a moment ago, or ───┤                      │ streams
 *                   │   replica away or late        │ some                 ▼
 *                   └── otherwise ──► replica pool ─┴─ busy?    ────────► replica
 * </pre>
 *
 * <p>Guarantee: writes see the primary alone. While the primary answers, a read follows a write of
 * the same subject on the same node for {@code LADDER_READ_AFTER_WRITE}, provided that the replica
 * falls behind by no more than that between two samples of its lag; and a row is called absent only
 * by the primary. On another node a read may still be late by the replica's lag.
 *
 * <p>Busy is not away. When all connections of the replica's pool are taken, a read waits for one
 * for {@code LADDER_POOL_WAIT}, then it may use the primary, on at most half of its connections, so
 * that writes find room; beyond that it is refused. When the replica does not answer, all reads go
 * to the primary until a probe, on a connection of its own, is answered.
 *
 * <p>Cost: one idle connection for each place in the pool, and one more for the probe, on every
 * node: divide the database's {@code max_connections} by the nodes, or put PgBouncer in front. When
 * not to use it: with one server there is no replica to read; leave {@code LADDER_REPLICA_URL}
 * unset.
 *
 * <p>Read {@link ladder.db.Database} first, then {@link ladder.db.ReadRouting}, which decides
 * whether a read goes to the replica, and {@link ladder.db.Postgres}, which distinguishes busy from
 * away.
 */
@NullMarked
package ladder.db;

import org.jspecify.annotations.NullMarked;
