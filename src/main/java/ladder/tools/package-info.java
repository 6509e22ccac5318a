/**
 * What the command line offers beside serving. Each command is a small program on the same parts as
 * the server: read {@link ladder.tools.Operator}.
 */
@NullMarked
package ladder.tools;

import org.jspecify.annotations.NullMarked;
