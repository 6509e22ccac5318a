package ladder.harness.history;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/**
 * Takes keys out of Redis at random moments, as a Redis that is full does: users, what is kept of
 * them under other names, any key at all, and now and then all of them.
 */
public final class Evictions implements AutoCloseable {
  private static final Duration WAIT_MAX = Duration.ofMillis(4);
  private static final int SCANNED = 100;

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final Repeated repeated;
  private final ToLongFunction<Random> user;
  private final AtomicInteger times = new AtomicInteger();

  /**
   * @param user one who may be in the cache now
   */
  public Evictions(String redisUrl, long seed, ToLongFunction<Random> user) {
    this.client = RedisClient.create(redisUrl);
    this.connection = client.connect();
    this.user = user;
    this.repeated = new Repeated(WAIT_MAX, seed, this::evict);
  }

  private void evict(Random random) {
    RedisCommands<String, String> redis = connection.sync();
    int dice = random.nextInt(1_000);
    try {
      if (dice < 800) {
        Long _ = redis.del("user:" + user.applyAsLong(random));
      } else if (dice < 900) {
        KeyScanCursor<String> stale =
            redis.scan(ScanArgs.Builder.matches("stale:*").limit(SCANNED));
        stale.getKeys().forEach(key -> redis.del(key));
      } else if (dice < 998) {
        String any = redis.randomkey();
        Long _ = any == null ? 0L : redis.del(any);
      } else {
        String _ = redis.flushdb();
      }
      times.incrementAndGet();
    } catch (RedisException e) {
      // A Redis that is away has lost its keys, or will show them again: both may happen.
    }
  }

  /** How many there were. */
  public int times() {
    return times.get();
  }

  @Override
  public void close() {
    repeated.close();
    connection.close();
    client.shutdown();
  }
}
