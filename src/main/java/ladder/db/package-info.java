/**
 * Rung 4: your API scales; can your database?
 *
 * <p>Opening a connection to PostgreSQL costs a process and several round trips, so connections are
 * kept ready in pools; and there are far fewer of them than requests, so waiting for one is
 * bounded. A read need not load the server that takes the writes, so it goes to a replica, unless
 * that has not replayed yet what was written about the read's subject.
 *
 * <pre>
 *   write(tx) ──► mark the subject in Redis ──► COMMIT, and the position behind it
 *                       │                                     │
 *                       ▼                                     ▼
 *                    floors:  "ask the primary"  ──►  "replayed up to 4711"
 *                       ▲
 *   find(subject) ──────┴── a replica whose last sample is at or behind the floor ──► replica
 *                       └── none, or no floor ─────────────────────────────────────► primary
 * </pre>
 *
 * <p>Guarantee: once a write has been answered, a read of its subject on any node sees it, with any
 * number of replicas, each of which lags as it likes. The argument: before the commit the subject's
 * floor is marked, and after it, before the answer, the floor is a position of the write-ahead log
 * behind the commit. A replica's sampled position never exceeds what a query on it sees, so one
 * that is at the floor shows the write. A floor that is missing, because Redis evicted it, is away,
 * or was restarted, means: ask the primary ({@link ladder.db.Floors} tells a lost floor from one
 * that never was). Marks that Redis does not confirm are recorded in the database, and then the
 * answer waits until no node trusts Redis by what it knew before ({@link ladder.db.Invalidations}).
 * A row is called absent only by the primary.
 *
 * <p>While Redis is away, reads of all nodes that have lost it go to the primary, and a write that
 * replaces something is answered a second later. While the primary is away, replicas serve what
 * they are known to have replayed, and the rest is refused.
 *
 * <p>Busy is not away. When all connections of a replica's pool are taken, a read waits for one for
 * {@code LADDER_POOL_WAIT}, then it may use the primary, on at most half of its connections, so
 * that writes find room; beyond that it is refused. When a replica does not answer, or is behind by
 * more than {@code LADDER_REPLICA_LAG_MAX}, the others and the primary serve until its probe, on a
 * connection of its own, is answered. What is under way on a server whose probe gets no answer is
 * broken off, so a read that hangs there is repeated elsewhere.
 *
 * <p>Cost: one idle connection for each place in the pool, and one more for the probe, on every
 * node: divide the database's {@code max_connections} by the nodes, or put PgBouncer in front. A
 * read that misses the cache asks Redis for its floor; a write marks it and settles it. When not to
 * use it: with one server there is no replica to read; leave {@code LADDER_REPLICA_URL} unset.
 *
 * <p>Read {@link ladder.db.Database} first, then {@link ladder.db.Floors}, which decides whether a
 * replica may answer, and {@link ladder.db.Postgres}, which distinguishes busy from away.
 */
@NullMarked
package ladder.db;

import org.jspecify.annotations.NullMarked;
