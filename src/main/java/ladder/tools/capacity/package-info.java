/**
 * How much a load needs, from what a climb measured.
 *
 * <p>{@link ladder.tools.capacity.ScalabilityLaw} says how a node's throughput grows with its
 * clients, and where it stops; {@link ladder.tools.capacity.Queue} how long a request waits for one
 * of the pool's connections. {@code Forecast} joins both to a count of nodes, connections and
 * bytes, and shows its arithmetic, so that whoever doubts a line can do it again.
 *
 * <p>The limits: a law fitted on one machine holds for machines like it; past the measured clients
 * it only extends a curve; arrivals are taken to be random (Poisson) and service times exponential,
 * which a burst is not.
 */
@NullMarked
package ladder.tools.capacity;

import org.jspecify.annotations.NullMarked;
