/**
 * The command line. {@link ladder.tools.Commands} is the tree of commands, {@code Serve} the one
 * that serves until a signal, {@link ladder.tools.Operator} the operator's, each a small program on
 * the same parts as the server. {@code Measuring} has the commands that measure, each a package of
 * its own: {@link ladder.tools.load}, {@link ladder.tools.climb}, {@link ladder.tools.capacity};
 * and {@code Doctor} asks a running node for its verdict.
 */
@NullMarked
package ladder.tools;

import org.jspecify.annotations.NullMarked;
