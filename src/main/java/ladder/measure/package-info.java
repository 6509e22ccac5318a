/**
 * Rung 1: measure before you climb.
 *
 * <p>A slow request is slow somewhere: waiting for the limiter, the cache, a pooled connection, the
 * database or the journal. Guessing which costs weeks, so every request carries a {@link
 * ladder.measure.Timings} in which each rung opens a phase while it waits.
 *
 * <pre>
 *   Exchange --binds--> Timings.CURRENT (scoped to the request's thread)
 *      auth -- limit | cache -- pool -- db -- journal    try (var _ = Timings.phase(POOL)) { … }
 *   Server-Timing: auth;dur=0.01, limit;dur=0.4, cache;dur=0.3, total;dur=0.9
 * </pre>
 *
 * <p>Guarantee: what the rungs record is what the client reads in {@code Server-Timing} (W3C). No
 * moment is counted twice, so the phases' sum is at most the total: the rest is our own work and
 * the waiting for a processor. Cost: one small array for each request and two clock readings for
 * each phase. Work handed to another thread is not seen; open a phase where the request waits for
 * it.
 *
 * <p>Read first: {@link ladder.measure.Timings}.
 */
@org.jspecify.annotations.NullMarked
package ladder.measure;
