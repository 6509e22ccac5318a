package ladder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.newKey;
import static ladder.cache.CacheContract.value;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Optional;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Lookup;
import ladder.cache.Cache.Result;
import ladder.harness.Await;
import ladder.harness.TestServers;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a Redis that answers; {@link CacheOutageIT} takes it away. */
class CacheAsideIT implements CacheContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

  private static RedisClient client;
  private static StatefulRedisConnection<byte[], byte[]> connection;
  private static RedisCommands<byte[], byte[]> redis;

  private static Redis node;

  private final CacheAside cache = new CacheAside(node, TIME_TO_LIVE);

  @BeforeAll
  static void connect() {
    client = RedisClient.create(TestServers.shared().redisUrl());
    connection = client.connect(ByteArrayCodec.INSTANCE);
    redis = connection.sync();
    node = RedisFixture.connect(TIMEOUT);
  }

  @AfterAll
  static void disconnect() {
    node.close();
    client.close();
  }

  @Override
  public Cache cache() {
    return cache;
  }

  private static byte @Nullable [] held(String key) {
    return redis.get(key.getBytes(UTF_8));
  }

  private static void awaitHeld(String key) {
    Await.until("the value in Redis", TIMEOUT, () -> held(key) != null);
  }

  /** Waits until Redis has done all that the cache has sent. */
  private static void settle() {
    Object _ = node.get("test:absent").await();
  }

  @Test
  void loadsOnceAndThenServesWhatRedisHolds() {
    String key = newKey();
    assertEquals(Result.MISS, get(key, loads(value(3))).result());
    awaitHeld(key);
    Found hit = get(key, CacheContract::neverLoads);
    assertEquals(Result.HIT, hit.result());
    assertArrayEquals(value(3), hit.value());
    assertEquals(new Cache.Stats(1, 1, 0, 0, 1), cache.stats());
  }

  @Test
  void servesTheStoredBytesWithoutParsing() {
    String key = newKey();
    byte[] odd = "{not json at all \u0000 \"version\":5}".getBytes(UTF_8);
    redis.set(key.getBytes(UTF_8), odd);
    assertArrayEquals(odd, get(key, CacheContract::neverLoads).value());
  }

  @Test
  void aValueLivesForItsTime() {
    String key = newKey();
    cache.put(key, value(1));
    long left = redis.pttl(key.getBytes(UTF_8));
    assertTrue(left > 0 && left <= TIME_TO_LIVE.toMillis(), () -> "expires in " + left);
  }

  @Test
  void anOlderVersionNeverReplacesANewerOne() {
    String key = newKey();
    cache.put(key, value(10));
    cache.put(key, value(9));
    assertArrayEquals(value(10), held(key));
    cache.put(key, value(11));
    assertArrayEquals(value(11), held(key));
  }

  @Test
  void aSlowReaderDoesNotPutBackWhatAWriterReplaced() {
    String key = newKey();
    Found slow =
        get(
            key,
            () -> {
              cache.put(key, value(2));
              return Optional.of(value(1));
            });
    settle();
    assertArrayEquals(value(1), slow.value());
    assertArrayEquals(value(2), held(key));
  }

  @Test
  void aSlowReaderDoesNotBringBackWhatWasDeleted() {
    String key = newKey();
    Found _ =
        get(
            key,
            () -> {
              cache.remove(key);
              return Optional.of(value(1));
            });
    settle();
    assertEquals(Result.NEGATIVE, get(key, CacheContract::neverLoads).result());
  }

  @Test
  void aDeletedValueLeavesAMarkThatEnds() {
    String key = newKey();
    cache.put(key, value(1));
    cache.remove(key);
    assertArrayEquals("null".getBytes(UTF_8), held(key));
    long left = redis.pttl(key.getBytes(UTF_8));
    assertTrue(left > 0 && left <= 300_000, () -> "expires in " + left);
    assertEquals(Result.NEGATIVE, get(key, CacheContract::neverLoads).result());
    assertEquals(1, cache.stats().negatives());
  }

  @Test
  void anAbsentValueIsNotPut() {
    String key = newKey();
    Found _ = get(key, Optional::empty);
    settle();
    assertEquals(0, redis.exists(key.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "NULL",
        "{\"version\":",
        "\u0000\u0000",
        "torn\"version\":9}",
        "{\"version\":99999999999999999999}",
        "{\"version\":9 }"
      })
  void whatCannotBeReadIsAMissAndReplaced(String corrupt) {
    String key = newKey();
    redis.set(key.getBytes(UTF_8), corrupt.getBytes(UTF_8));
    assertEquals(Result.MISS, get(key, loads(value(3))).result());
    settle();
    assertArrayEquals(value(3), held(key));
  }

  @Test
  void sendsItsScriptAgainWhenRedisHasForgottenIt() {
    String key = newKey();
    redis.scriptFlush();
    cache.put(key, value(1));
    assertArrayEquals(value(1), held(key));
    assertEquals(0, cache.stats().errors());
  }

  @Test
  void aKeyThatHoldsNoStringIsAMissAndAPutThatRedisRefusesAnError() {
    String key = newKey();
    redis.rpush(key.getBytes(UTF_8), value(1));
    assertEquals(Result.MISS, get(key, loads(value(1))).result());
    cache.put(key, value(2));
    assertEquals(new Cache.Stats(0, 1, 0, 1, 1), cache.stats());
  }

  @Test
  void aLookUpIsSentBeforeItsAnswerIsWaitedFor() {
    String key = newKey();
    cache.put(key, value(1));
    Lookup lookUp = cache.lookUp(key);
    settle();
    redis.set(key.getBytes(UTF_8), value(2));
    assertArrayEquals(value(1), lookUp.orLoad(CacheContract::neverLoads).value());
  }
}
