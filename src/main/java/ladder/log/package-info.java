/**
 * A floor: what is logged, by SLF4J, becomes lines of text or JSON, and no request waits for
 * whoever reads them.
 *
 * <pre>
 *   any thread ──► queue, bounded ──► one platform thread ──► standard output
 *                    └─ nearly full: INFO and below are dropped and counted
 * </pre>
 *
 * <p>Read {@link ladder.log.QueuedLines}.
 */
@NullMarked
package ladder.log;

import org.jspecify.annotations.NullMarked;
