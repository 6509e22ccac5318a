/**
 * The entrance. {@link ladder.Main} is the command line, {@link ladder.App} the one place where the
 * parts meet, {@link ladder.Config} every setting. Read {@code App} first.
 *
 * <pre>
 *   client ── http ── api ──┬── limit ───┐
 *                           ├── cache ───┴── cluster (Redis)
 *                           ├── store ────── db (PostgreSQL: primary, replica)
 *                           └── journal ──── channel (email, audit, Slack)
 * </pre>
 */
@NullMarked
package ladder;

import org.jspecify.annotations.NullMarked;
