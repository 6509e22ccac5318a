/**
 * Measures each rung off and on, on this machine.
 *
 * <p>A figure without the rung's absence beside it says nothing, and one pair says little on a
 * machine that is never quiet: so both sides run under the same load, from a process of its own,
 * several times in alternation, and what is compared are medians with their spread.
 *
 * <p>{@link ladder.tools.climb.ClimbCommand} goes through the steps. {@code Scratch} has the
 * servers and their data, {@code Node} a Ladder in a process of its own, {@code LoadProcess} the
 * load; {@code Cases} and {@code SlowQuery} are what is compared, {@code StandIns} the simulated
 * receivers, and {@code Report} writes what was found.
 *
 * <p>The limits: everything shares one machine, so that a rung which adds machines (a replica, a
 * second node) cannot show what it adds; loopback has no latency; the data fit into memory.
 */
@NullMarked
package ladder.tools.climb;

import org.jspecify.annotations.NullMarked;
