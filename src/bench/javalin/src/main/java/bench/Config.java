package bench;

import java.nio.file.Path;

/** What the environment says. */
record Config(
    int port,
    String dbHost,
    int dbPort,
    String dbName,
    String dbUser,
    String dbPassword,
    int poolSize,
    String redisHost,
    int redisPort,
    String redisPassword,
    boolean cache,
    int cacheTtlSeconds,
    int rateLimit,
    int rateWindowSeconds,
    Path dataDir) {

  static Config fromEnvironment() {
    return new Config(
        number("PORT", 9000),
        text("DB_HOST", "127.0.0.1"),
        number("DB_PORT", 5432),
        text("DB_NAME", "postgres"),
        text("DB_USER", "postgres"),
        text("DB_PASSWORD", ""),
        number("POOL_SIZE", 10),
        text("REDIS_HOST", "127.0.0.1"),
        number("REDIS_PORT", 6379),
        text("REDIS_PASSWORD", ""),
        !text("CACHE", "on").equals("off"),
        number("CACHE_TTL", 300),
        number("RATE_LIMIT", 100),
        number("RATE_WINDOW", 60),
        Path.of(text("DATA_DIR", "data")));
  }

  private static String text(String name, String otherwise) {
    return System.getenv().getOrDefault("BENCH_" + name, otherwise);
  }

  private static int number(String name, int otherwise) {
    return Integer.parseInt(text(name, Integer.toString(otherwise)));
  }
}
