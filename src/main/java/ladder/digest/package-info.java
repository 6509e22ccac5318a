/**
 * A floor: 32 bytes that stand for any number of them. Keys are stored by it, repeated requests and
 * unchanged files are recognised by it. Read {@link ladder.digest.Sha256}.
 */
@NullMarked
package ladder.digest;

import org.jspecify.annotations.NullMarked;
