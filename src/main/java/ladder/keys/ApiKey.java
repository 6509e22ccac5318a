package ladder.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key as it is listed; the secret itself is stored nowhere.
 *
 * @param perMinute requests a minute; null for the limit that the service sets for all
 */
public record ApiKey(
    long id,
    String name,
    @Nullable Integer perMinute,
    Instant createdAt,
    @Nullable Instant revokedAt) {}
