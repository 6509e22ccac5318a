/**
 * API keys: who may call, and how often. {@link ladder.keys.ApiKeys} makes, finds and revokes them;
 * {@link ladder.keys.ApiKeyStore} is their table.
 */
@NullMarked
package ladder.keys;

import org.jspecify.annotations.NullMarked;
