/**
 * API keys: who may call, and how often.
 *
 * <pre>
 *   find(secret) ── hash ──┬── known good ────────────────► Found      (no query while trusted)
 *                          ├── address tried too many ────► TooMany    (no query)
 *                          └── look up, shared, and remember ──► Found or Unknown
 * </pre>
 *
 * <p>{@link ladder.keys.ApiKeys} creates, finds and revokes them; {@link ladder.keys.KnownKeys}
 * remembers what was found; {@link ladder.keys.WrongKeys} bounds guessing; {@link
 * ladder.keys.ApiKeyStore} is their table.
 */
@NullMarked
package ladder.keys;

import org.jspecify.annotations.NullMarked;
