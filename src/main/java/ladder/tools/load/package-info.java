/**
 * The load generator: one event loop that keeps connections busy and measures what the answers
 * cost.
 *
 * <p>Clients that each wait for their answer (a closed loop) ask for less when the server is slow,
 * so what a user of a stalled server waits is not in their figures: coordinated omission (Gil Tene,
 * "How NOT to Measure Latency", 2013). At a rate (an open loop) requests have an intended start,
 * whatever became of those before them, and a latency is counted from there. So ask for a rate to
 * learn latencies, and for clients to learn throughput.
 *
 * <p>Read {@link ladder.tools.load.Plan} first, which is what a run does; then {@code Pace}, which
 * says when a request is due, {@code Generator}, which sends it, and {@code Tally}, which counts.
 *
 * <p>The limits: one thread, so one core's worth of requests; it shares the machine with a server
 * beside it, whose figures it lowers; HTTP/1.1 without TLS; a request is one of a few shapes.
 */
@NullMarked
package ladder.tools.load;

import org.jspecify.annotations.NullMarked;
