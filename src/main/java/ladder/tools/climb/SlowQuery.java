package ladder.tools.climb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import ladder.cache.Cache;
import ladder.cache.CacheAside;
import ladder.cache.NoCache;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.redis.Redis;
import ladder.redis.Script;
import ladder.time.Clock;

/**
 * The read that takes 200 ms, and what the cache makes of it: a profile page that counts and sums
 * the user's orders, on a table that nobody gave an index. One read at a time, in this process,
 * through Ladder's own {@link Cache}. Used by one thread.
 */
final class SlowQuery implements AutoCloseable {
  static final String SQL =
      """
      SELECT json_build_object('id', u.id, 'name', u.name, 'orders', count(o.id),
        'spentCents', coalesce(sum(o.quantity * o.unit_price_cents), 0), 'version', u.version)::text
      FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE u.id = ? GROUP BY u.id
      """;

  private static final Duration STATEMENT_MAX = Duration.ofMinutes(1);
  private static final Duration WAIT_MAX = Duration.ofSeconds(5);

  private static final CacheAside.Options KEPT =
      new CacheAside.Options(Duration.ofMinutes(5), 1, Duration.ZERO, false);

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Clock clock;
  private final Database database;
  private final Redis redis;

  SlowQuery(Scratch scratch, Clock clock) {
    this.clock = clock;
    Connections.Options one = new Connections.Options(WAIT_MAX, 1, STATEMENT_MAX);
    this.database =
        Database.alone(
            Connections.pooled(
                "primary", DatabaseUrl.parse(scratch.databaseUrl()), Target.PRIMARY, one, metrics),
            clock);
    this.redis = new Redis(new Redis.Options(scratch.redisUrl(), WAIT_MAX), metrics, clock);
  }

  /** Reads a few users over and over. */
  Comparison.Run run(boolean cached, int users, int reads) throws InterruptedException {
    Cache cache =
        cached
            ? new CacheAside(redis, KEPT, () -> true, clock, RandomGenerator.getDefault())
            : new NoCache();
    if (cached) {
      for (int user = 1; user <= users; user++) {
        byte[] _ = read(cache, user);
      }
    }
    double[] millis = new double[reads];
    long began = clock.nanos();
    for (int i = 0; i < reads; i++) {
      long start = clock.nanos();
      byte[] _ = read(cache, 1 + i % users);
      millis[i] = (clock.nanos() - start) / 1e6;
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    double seconds = (clock.nanos() - began) / 1e9;
    Arrays.sort(millis);
    return new Comparison.Run(
        reads / seconds, millis[(reads - 1) / 2], millis[(int) Math.ceil(reads * 0.99) - 1]);
  }

  private byte[] read(Cache cache, long user) {
    Optional<byte[]> found =
        Optional.ofNullable(
            cache.lookUp("profile:" + user).orLoad(() -> Optional.of(load(user))).value());
    return found.orElseThrow();
  }

  private byte[] load(long user) {
    String json =
        database.readPrimary(tx -> tx.first(SQL, row -> row.getString(1), user)).orElseThrow();
    return json.getBytes(UTF_8);
  }

  /** What a cached user takes of Redis, in bytes; the key must be there. */
  long redisBytes(String key) {
    return redis
        .run(new Script("return {redis.call('MEMORY', 'USAGE', KEYS[1]) or 0}"), List.of(key))
        .await()
        .getFirst();
  }

  @Override
  public void close() {
    redis.close();
    database.close();
    metrics.close();
  }
}
