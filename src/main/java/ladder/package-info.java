/**
 * The entrance. {@link ladder.App} is the one place where the parts meet, {@link ladder.Config}
 * composes every setting, {@link ladder.Main} starts the program, whose commands are in {@code
 * tools}. Read {@code App} first.
 *
 * <pre>
 *   client ── http ── api ──┬── limit ───┐
 *                           ├── cache ───┴── redis
 *                           ├── store ────── db (PostgreSQL: primary, replica)
 *                           └── journal ──── channel (email, audit, Slack)
 * </pre>
 */
@NullMarked
package ladder;

import org.jspecify.annotations.NullMarked;
