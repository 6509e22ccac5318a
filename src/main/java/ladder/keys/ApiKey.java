package ladder.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One client's key, without the key: of that only the hash is kept.
 *
 * @param perMinute requests a minute; null for the limit that the service sets for all
 */
public record ApiKey(
    long id,
    String name,
    @Nullable Integer perMinute,
    Instant createdAt,
    @Nullable Instant revokedAt) {}
