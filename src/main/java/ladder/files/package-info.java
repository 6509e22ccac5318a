/**
 * A floor: the directory that holds what this node must not lose. Read {@link
 * ladder.files.DataDirectory}.
 */
@NullMarked
package ladder.files;

import org.jspecify.annotations.NullMarked;
