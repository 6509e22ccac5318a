package ladder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.newKey;
import static ladder.cache.CacheContract.value;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import ladder.cache.Cache.Found;
import ladder.harness.FakeClock;
import ladder.harness.TestServers;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;

/**
 * One key on two nodes, whose loads are held where they have read until a test lets them return.
 */
final class TwoNodes implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

  private final RedisClient client = RedisClient.create(TestServers.shared().redisUrl());
  private final RedisCommands<byte[], byte[]> redis =
      client.connect(ByteArrayCodec.INSTANCE).sync();
  private final Redis here = RedisFixture.connect(PATIENCE);
  private final Redis there = RedisFixture.connect(PATIENCE);

  final FakeClock clock = new FakeClock();
  final CacheAside one = cache(here, PATIENCE);
  final CacheAside two = cache(there, PATIENCE);
  final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  final String key = newKey();
  final AtomicInteger loads = new AtomicInteger();

  /** A load that has read a version and has not returned yet. */
  final class Held implements Supplier<Optional<byte[]>> {
    final CountDownLatch read = new CountDownLatch(1);
    final CountDownLatch mayReturn = new CountDownLatch(1);
    private final long version;

    Held(long version) {
      this.version = version;
    }

    @Override
    public Optional<byte[]> get() {
      int _ = loads.incrementAndGet();
      read.countDown();
      await(mayReturn);
      return Optional.of(value(version));
    }
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The second node, with less patience for the loads of the first. */
  CacheAside hurried() {
    return cache(there, Duration.ofMillis(20));
  }

  private CacheAside cache(Redis node, Duration othersLoadMax) {
    return new CacheAside(
        node,
        new CacheAside.Options(TIME_TO_LIVE, 1, Duration.ofMinutes(10), true),
        () -> true,
        clock,
        RandomGenerator.of("SplittableRandom"),
        othersLoadMax);
  }

  /** Returns when the load has read. */
  Future<Found> begin(Cache node, Held load) {
    Future<Found> read = threads.submit(() -> node.lookUp(key).orLoad(load));
    await(load.read);
    return read;
  }

  void evict() {
    long _ = redis.del(key.getBytes(UTF_8));
  }

  boolean isHeld() {
    return redis.exists(key.getBytes(UTF_8)) == 1;
  }

  /** What a reader finds, who would load this. */
  byte[] read(Cache node, long version) {
    return node.lookUp(key).orLoad(loads(value(version))).value();
  }

  @Override
  public void close() {
    threads.close();
    here.close();
    there.close();
    client.close();
  }
}
