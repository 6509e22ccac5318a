package bench;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.time.Duration;

/** What the environment says, by way of application.properties. */
@ConfigurationProperties("app")
record Settings(
    boolean cache, Duration cacheTtl, int rateLimit, Duration rateWindow, String dataDir) {}
