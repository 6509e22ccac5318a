package ladder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.newKey;
import static ladder.cache.CacheContract.value;
import static ladder.cache.CacheContract.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Lookup;
import ladder.cache.Cache.Result;
import ladder.failure.UnavailableException;
import ladder.harness.TestServers;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import ladder.time.Clock;
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
  private static final CacheAside.Options OPTIONS =
      new CacheAside.Options(TIME_TO_LIVE, 1, Duration.ofMinutes(10), true);

  private static RedisClient client;
  private static StatefulRedisConnection<byte[], byte[]> connection;
  private static RedisCommands<byte[], byte[]> redis;

  private static Redis node;

  private final CacheAside cache = cache(node, () -> true);

  /** A cache whose values live for five minutes, and whose readers never find one due. */
  static CacheAside cache(Redis redis, BooleanSupplier current) {
    return cache(redis, OPTIONS, current);
  }

  private static CacheAside cache(
      Redis redis, CacheAside.Options options, BooleanSupplier current) {
    return new CacheAside(
        redis, options, current, Clock.system(), RandomGenerator.of("SplittableRandom"));
  }

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

  private static void evict(String key) {
    long _ = redis.del(key.getBytes(UTF_8));
  }

  /** Waits until Redis has done all that the cache has sent. */
  private static void settle() {
    Object _ = node.get("test:absent").await();
  }

  private static UnavailableException unavailable() {
    return new UnavailableException("no database answers");
  }

  @Test
  void loadsOnceAndThenServesWhatRedisHolds() {
    String key = newKey();
    assertEquals(Result.MISS, get(key, loads(value(3))).result());
    Found hit = get(key, CacheContract::neverLoads);
    assertEquals(Result.HIT, hit.result());
    assertArrayEquals(value(3), hit.value());
    assertEquals(new Cache.Stats(1, 1, 0, 0, 0, 1), cache.stats());
  }

  @Test
  void whatIsHeldIsJsonAndBeginsWithTheValue() {
    String key = newKey();
    write(cache, key, null);
    Found _ = get(key, loads(value(3)));
    String held = new String(held(key), UTF_8);
    String start = new String(value(3), UTF_8).replaceFirst("}$", ",\"_\":\"1 ");
    assertTrue(held.startsWith(start) && held.endsWith("\"}"), held);
  }

  @Test
  void aValueLivesForItsTimeLessUpToATenth() {
    String key = newKey();
    Found _ = get(key, loads(value(1)));
    long left = redis.pttl(key.getBytes(UTF_8));
    long whole = TIME_TO_LIVE.toMillis();
    assertTrue(left > whole * 8 / 10 && left <= whole, () -> "expires in " + left);
  }

  @Test
  void anAbsentValueIsRememberedForSecondsAndForgottenWhenItExists() {
    String key = newKey();
    assertNull(get(key, Optional::empty).value());
    long left = redis.pttl(key.getBytes(UTF_8));
    assertTrue(left > 0 && left <= 3_000, () -> "expires in " + left);
    assertEquals(Result.NEGATIVE, get(key, CacheContract::neverLoads).result());
    assertEquals(1, cache.stats().negatives());
    write(cache, key, value(1));
    assertArrayEquals(value(1), get(key, CacheContract::neverLoads).value());
  }

  @Test
  void aWriteIsServedToItsFirstReader() {
    String key = newKey();
    write(cache, key, value(1));
    assertEquals(Result.HIT, get(key, CacheContract::neverLoads).result());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "}",
        "\u0000\u0000",
        "{\"version\":9}",
        "{\"version\":9,\"_\":\"1 unknown 99999999999999 1\"}",
        "{\"version\":9,\"_\":\"1  1 1\"}",
        "{\"version\":9,\"_\":\"x y z u\"}",
        "load another-run 1",
      })
  void whatCannotBeReadIsAMissAndReplaced(String corrupt) {
    String key = newKey();
    redis.set(key.getBytes(UTF_8), corrupt.getBytes(UTF_8));
    assertEquals(Result.MISS, get(key, loads(value(3))).result());
    assertEquals(Result.HIT, get(key, CacheContract::neverLoads).result());
  }

  @Test
  void whatIsTooLargeIsAMissAndReplaced() {
    String key = newKey();
    redis.set(key.getBytes(UTF_8), new byte[Entry.BYTES_MAX + 1]);
    assertEquals(Result.MISS, get(key, loads(value(3))).result());
    assertEquals(Result.HIT, get(key, CacheContract::neverLoads).result());
  }

  @Test
  void aValueOfAnotherShapeIsAMiss() {
    String key = newKey();
    Found _ = get(key, loads(value(1)));
    CacheAside next =
        cache(node, new CacheAside.Options(TIME_TO_LIVE, 2, Duration.ZERO, false), () -> true);
    assertEquals(Result.MISS, next.lookUp(key).orLoad(loads(value(1))).result());
    assertEquals(Result.MISS, get(key, loads(value(1))).result());
  }

  @Test
  void aKeyThatHoldsNoStringIsAMissAndRepaired() {
    String key = newKey();
    redis.rpush(key.getBytes(UTF_8), value(1));
    assertEquals(Result.MISS, get(key, loads(value(1))).result());
    settle();
    assertEquals(Result.MISS, get(key, loads(value(1))).result());
    assertEquals(Result.HIT, get(key, CacheContract::neverLoads).result());
  }

  @Test
  void sendsItsScriptAgainWhenRedisHasForgottenIt() {
    String key = newKey();
    redis.scriptFlush();
    write(cache, key, value(1));
    assertEquals(Result.HIT, get(key, CacheContract::neverLoads).result());
    assertEquals(0, cache.stats().errors());
  }

  @Test
  void aLookUpIsSentBeforeItsAnswerIsWaitedFor() {
    String key = newKey();
    write(cache, key, value(1));
    Lookup lookUp = cache.lookUp(key);
    settle();
    evict(key);
    assertArrayEquals(value(1), lookUp.orLoad(CacheContract::neverLoads).value());
  }

  @Test
  void whatIsHeldIsNotServedWhileChangesMayBeMissing() {
    String key = newKey();
    AtomicBoolean current = new AtomicBoolean(true);
    CacheAside doubting = cache(node, current::get);
    write(doubting, key, value(1));
    current.set(false);
    Found found = doubting.lookUp(key).orLoad(loads(value(2)));
    assertEquals(Result.MISS, found.result());
    assertArrayEquals(value(2), found.value());
    UnavailableException refused = unavailable();
    assertThrows(
        UnavailableException.class,
        () ->
            doubting
                .lookUp(key)
                .orLoad(
                    () -> {
                      throw refused;
                    }));
    current.set(true);
    assertEquals(Result.HIT, doubting.lookUp(key).orLoad(CacheContract::neverLoads).result());
  }

  @Test
  void whatHasExpiredIsServedStaleWhenItCannotBeLoaded() {
    String key = newKey();
    write(cache, key, value(1));
    evict(key);
    Found found =
        get(
            key,
            () -> {
              throw unavailable();
            });
    assertEquals(Result.STALE, found.result());
    assertArrayEquals(value(1), found.value());
    assertEquals(1, cache.stats().stale());
    assertFalse(held(key) != null, "the load that failed lets others try");
  }

  @Test
  void whatWasChangedOrDeletedIsNotServedStale() {
    for (byte[] next : new byte[][] {value(2), null}) {
      String key = newKey();
      write(cache, key, value(1));
      var mark = cache.change(key, next).orElseThrow();
      mark.placed().await(); // it commits, and its node dies
      assertThrows(
          UnavailableException.class,
          () ->
              get(
                  key,
                  () -> {
                    throw unavailable();
                  }));
    }
  }

  @Test
  void aFullRedisTakesMarksAllTheSame() {
    String key = newKey();
    write(cache, key, value(1));
    redis.configSet("maxmemory-policy", "noeviction");
    redis.configSet("maxmemory", "1");
    try {
      write(cache, key, value(2));
      Found found = get(key, loads(value(2)));
      assertArrayEquals(value(2), found.value());
      assertNull(held(key));
    } finally {
      redis.configSet("maxmemory", "0");
    }
    assertEquals(Result.MISS, get(key, loads(value(2))).result());
    assertEquals(Result.HIT, get(key, CacheContract::neverLoads).result());
  }
}
