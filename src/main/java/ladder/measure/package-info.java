/**
 * Rung 1: measure before you climb.
 *
 * <p>A slow request is slow somewhere, and a node that can do no more is bound by something.
 * Guessing which costs weeks, and climbs the wrong rung. So every request carries a {@link
 * ladder.measure.Timings} in which each rung opens a phase while it waits, and a {@link
 * ladder.measure.Judge} says once a second what the node is bound by.
 *
 * <pre>
 *   Exchange --binds--> Timings.CURRENT (scoped to the request's thread)
 *      auth - limit | cache - pool - db - journal - rest   try (var _ = Timings.phase(CACHE)) { … }
 *        |
 *        |-- Server-Timing: auth;dur=0.01, limit;dur=0.4, cache;dur=0.3, total;dur=0.9
 *        |-- ladder_http_phase_seconds{route,phase}, a histogram
 *        |-- ladder.Request, a JFR event, while a recording runs
 *        `-- sums --once a second--> Sample (the last ten) --Judge--> Verdict --> /verdict, doctor
 * </pre>
 *
 * <p><b>Where the time went.</b> No moment is counted twice: a phase within another takes its time
 * from it, phases side by side share theirs. So the phases' sum is at most the total, and what is
 * left is the rest: our own work and the waiting for a processor. Nobody waits for a place, since
 * admission refuses at once. Work handed to another thread is not seen; open a phase where the
 * request waits for it.
 *
 * <p><b>What the node is bound by.</b> For each route: rate, errors, durations (the RED method,
 * Wilkie 2015). For each resource: utilisation, saturation, errors (the USE method, Gregg 2012).
 * The two meet in Little's law (1961), L = λW: the seconds that requests spent in a phase in one
 * second are how many were in it on average. So the sums of a few phases give the busy connections
 * of a pool and the queue before it, without a look into either. From that each resource has a
 * pressure, which is 1 where it begins to be the bound:
 *
 * <table>
 * <caption>What brings the pressure to 1</caption>
 * <tr><td>memory</td><td>collections stop all threads for 15 % of the time; 4 % on a full heap</td>
 * <tr><td>processors</td><td>85 % of our limit used; as much of the machine, if a thread that is
 * due runs 1 ms late; stopped at the container's limit for 10 % of the time</td>
 * <tr><td>a server</td><td>four fifths of its pool's connections in use, or always one request in
 * it, for 50 ms each</td>
 * <tr><td>a pool</td><td>two requests wait for it on average, or one always does, for 20 ms</td>
 * <tr><td>Redis</td><td>eight requests wait, or one always does, for 5 ms</td>
 * <tr><td>journal</td><td>as many wait for its disk as hold four fifths of the primary's pool, or
 * for 50 ms each, or 5 in 100 are refused</td>
 * <tr><td>downstream</td><td>eight requests wait for receivers, or for 50 ms each; or 500 entries
 * wait in the journal and they grow</td>
 * </table>
 *
 * <p>Then consequences are left out, or the symptom would be taken for the cause. Collections use
 * the processors. A saturated processor makes every wait longer, but is the bound only if it is
 * what requests lose their time to: their own work, and each wake-up as late as a virtual thread
 * was measured to be. A database on the same machine that uses the processors is named itself. Slow
 * statements hold the connections, and a larger pool would only move their queue into the server.
 * Of what remains, the bound is what costs the requests most time. It changes when three samples in
 * a row contradict it, and the others must exceed it by a quarter.
 *
 * <p>The next rung follows in {@code ladder.admin.Advice}: the cache while reads miss it, then more
 * nodes. Two nodes never do quite twice the work: they contend for the shared servers and have to
 * agree with each other (the Universal Scalability Law, Gunther 1993). So the advice on a node far
 * from its bounds is to stop.
 *
 * <p><b>What it cannot tell.</b> The time before the request's head was parsed: in the kernel's
 * backlog, or on a saturated network card. A slow client, beyond its body. Who else loads a shared
 * database or Redis: it sees their answers come late, not why. Processors that a hypervisor takes
 * away, where {@code /proc/stat} has no steal; anybody else at all, where there is no {@code /proc}
 * or a container hides them. What a larger pool or another node would do: it says what is full, not
 * what comes next; {@code climb} measures that. Other nodes: each judges itself.
 *
 * <p>Cost: an array for each request, two clock readings for each phase, an adder for each phase at
 * the end; {@code scripts/overhead} compares two jars. When not to use it: never turned off.
 *
 * <p>Read first: {@link ladder.measure.Timings}, then {@link ladder.measure.Judge}.
 */
@org.jspecify.annotations.NullMarked
package ladder.measure;
