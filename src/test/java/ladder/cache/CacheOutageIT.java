package ladder.cache;

import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.newKey;
import static ladder.cache.CacheContract.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Result;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.redis.RedisFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Behind a proxy that makes Redis slow, and gone: every read is still answered, by loading. */
class CacheOutageIT {
  private static final Duration TIMEOUT = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final RedisFixture node = new RedisFixture(TIMEOUT);
  private final CacheAside cache = CacheAsideIT.cache(node.redis, () -> true);

  @AfterEach
  void close() {
    node.close();
  }

  private Found get(String key) {
    return cache.lookUp(key).orLoad(loads(value(1)));
  }

  private BooleanSupplier hits(String key) {
    return () -> get(key).result() == Result.HIT;
  }

  @Test
  void servesByLoadingWhileRedisIsGoneAndFromRedisAgainAfterwards() {
    String key = newKey();
    Await.until("a hit", PATIENCE, hits(key));
    node.cut();
    long errors = cache.stats().errors();
    for (int i = 0; i < 20; i++) {
      Found found = get(key);
      assertEquals(Result.ERROR, found.result());
      assertArrayEquals(value(1), found.value());
    }
    assertThrows(UnavailableException.class, () -> CacheContract.write(cache, key, value(2)));
    assertEquals(errors + 20, cache.stats().errors());
    node.restore();
    Await.until("a hit", PATIENCE, hits(key));
  }

  @Test
  void servesByLoadingWhenRedisDoesNotAnswerInTime() {
    String key = newKey();
    Await.until("a hit", PATIENCE, hits(key));
    node.proxy.pause();
    Found found = get(key);
    assertEquals(Result.ERROR, found.result());
    assertArrayEquals(value(1), found.value());
    assertEquals(1, cache.stats().errors());
    node.restore();
    Await.until("a hit", PATIENCE, hits(key));
  }
}
