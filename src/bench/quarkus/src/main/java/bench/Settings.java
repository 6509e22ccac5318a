package bench;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;

/** What the environment sets, as {@code BENCH_CACHE}, {@code BENCH_RATE_LIMIT} and so on. */
@ConfigMapping(prefix = "bench")
interface Settings {
  boolean cache();

  Duration cacheTtl();

  int rateLimit();

  Duration rateWindow();

  Path dataDir();
}
