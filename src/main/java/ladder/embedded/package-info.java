/**
 * PostgreSQL (a primary and a standby that streams from it) and Redis, run beside the jar when no
 * URL names servers of the operator's own.
 *
 * <p><b>The problem.</b> {@code java -jar ladder.jar} on a bare machine should serve from a real
 * database, a real replica and a real cache, and keep what it was given through a restart, a {@code
 * kill -9} and a power cut. Stand-ins in memory would hide what the ladder is about.
 *
 * <p><b>The mechanism.</b> The jar carries the servers' programs. They are unpacked once, started
 * on free ports of 127.0.0.1 with one random password, each in a session of its own, and watched.
 *
 * <pre>
 *   EmbeddedServers.start
 *     Starter ── Binaries        jar ──&gt; DATA/embedded/bin        (once for each version)
 *        │ └──── PostgresFiles   initdb ──&gt; primary ──copy──&gt; standby   (while both are down)
 *        │
 *        ├─ PostgresServer  primary ══ WAL, through a slot ══&gt; standby
 *        └─ RedisServer     append-only file
 *     Supervisor                 dies? ──&gt; started again on its port
 * </pre>
 *
 * The standby is a copy of the primary's files at rest: the binaries carry no pg_basebackup. Who is
 * who is settled by pid files, believed only when the process is that program on those files, so
 * that a server left by a killed Ladder is stopped and a stranger under its old pid is not.
 *
 * <p><b>The guarantee.</b> A commit is on disk before it is answered (fsync stays on). Nothing
 * listens off loopback or answers without the password, which stands in files of mode 0600 and on
 * no command line. A standby that does not start costs a warning, not the start.
 *
 * <p><b>The cost.</b> 45 MB of jar, 60 MB of programs and 45 MB for each of the two directories on
 * disk; some 200 MB of memory; a few seconds at the first start, well below one at the next. Up to
 * 512 MB of log is kept for a standby that stays away. Redis may lose its last second in a crash.
 *
 * <p><b>When not to use it.</b> When more than one machine serves, or when the data must outlive
 * this machine's disk: then set LADDER_DATABASE_URL, LADDER_REPLICA_URL and LADDER_REDIS_URL.
 *
 * <p>Read {@link ladder.embedded.EmbeddedServers} first, then {@code Starter}.
 */
@org.jspecify.annotations.NullMarked
package ladder.embedded;
