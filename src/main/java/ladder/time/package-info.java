/**
 * A floor: time, and what is done with it more than once.
 *
 * <p>{@link ladder.time.Clock} is read nowhere but through it, so that tests set the time. {@link
 * ladder.time.Backoff} spaces retries, {@link ladder.time.Outage} knows whether a dependency
 * answers and logs it once at each end, {@link ladder.time.PeriodicTask} is the one loop for
 * background work. Each is written once and used by all, because eight flags and four loops are
 * eight and four ways to be wrong.
 */
@NullMarked
package ladder.time;

import org.jspecify.annotations.NullMarked;
