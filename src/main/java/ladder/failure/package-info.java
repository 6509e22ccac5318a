/**
 * A floor: the two kinds of failure that are nobody's fault in the code.
 *
 * <pre>
 *   UnavailableException   cannot now   ──► http: 503 with Retry-After;   drainers: try again
 *   StartupException       cannot start ──► tools: the sentence on standard error, exit code 1
 *   any other exception    a fault      ──► logged once; http: 500 that reveals nothing
 * </pre>
 *
 * <p>Outcomes that a client can mend (404, 409, 422, …) are {@code ladder.http.ProblemException}.
 * What was wrong behind a library's own exception, {@link ladder.failure.RootCause} says.
 */
@NullMarked
package ladder.failure;

import org.jspecify.annotations.NullMarked;
