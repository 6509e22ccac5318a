package ladder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static ladder.cache.CacheContract.loads;
import static ladder.cache.CacheContract.newKey;
import static ladder.cache.CacheContract.value;
import static ladder.cache.CacheContract.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import ladder.cache.Cache.Found;
import ladder.cache.Cache.Result;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.harness.TestServers;
import ladder.redis.Mark;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Readers and writers of one key on two nodes, their steps in an order set by hand: a load is held
 * where it has read, until the test lets it return.
 */
class InterleavingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CROWD = 1_000;

  private static RedisClient client;
  private static RedisCommands<byte[], byte[]> redis;
  private static Redis here;
  private static Redis there;

  private final FakeClock clock = new FakeClock();
  private final CacheAside one = cache(here);
  private final CacheAside two = cache(there);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String key = newKey();
  private final AtomicInteger loads = new AtomicInteger();

  /** A load that has read a version and has not returned yet. */
  private final class Held implements Supplier<Optional<byte[]>> {
    private final CountDownLatch read = new CountDownLatch(1);
    private final CountDownLatch mayReturn = new CountDownLatch(1);
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

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  static void connect() {
    client = RedisClient.create(TestServers.shared().redisUrl());
    redis = client.connect(ByteArrayCodec.INSTANCE).sync();
    here = RedisFixture.connect(PATIENCE);
    there = RedisFixture.connect(PATIENCE);
  }

  @AfterAll
  static void disconnect() {
    here.close();
    there.close();
    client.close();
  }

  @AfterEach
  void close() {
    threads.close();
  }

  private CacheAside cache(Redis node) {
    return cache(node, PATIENCE);
  }

  private CacheAside cache(Redis node, Duration othersLoadMax) {
    return new CacheAside(
        node,
        new CacheAside.Options(Duration.ofMinutes(5), 1, Duration.ofMinutes(10), true),
        () -> true,
        clock,
        RandomGenerator.of("SplittableRandom"),
        othersLoadMax);
  }

  private Future<Found> begin(Cache node, Held load) {
    Future<Found> read = threads.submit(() -> node.lookUp(key).orLoad(load));
    await(load.read);
    return read;
  }

  private void evict() {
    long _ = redis.del(key.getBytes(UTF_8));
  }

  /** What a reader finds, who would load this. */
  private byte[] read(Cache node, long version) {
    return node.lookUp(key).orLoad(loads(value(version))).value();
  }

  @Test
  void aReaderWhoLoadedBeforeAWriteStoresNothingAfterIt() throws Exception {
    Held slow = new Held(1);
    Future<Found> reader = begin(one, slow);
    write(two, key, value(2));
    slow.mayReturn.countDown();
    assertArrayEquals(value(1), reader.get().value(), "it began before the write was answered");
    assertArrayEquals(value(2), read(one, 2));
    assertArrayEquals(value(2), read(two, 2));
  }

  @Test
  void neitherWhenTheWritersValueIsEvictedMeanwhile() throws Exception {
    Held slow = new Held(1);
    Future<Found> reader = begin(one, slow);
    write(two, key, value(2));
    evict();
    slow.mayReturn.countDown();
    Found _ = reader.get();
    assertArrayEquals(value(2), read(two, 2));
  }

  @Test
  void neitherWhenItReadWhileTheWriteWasUnderWayAndTheMarkWasEvicted() throws Exception {
    Mark mark = two.change(key, value(2)).orElseThrow();
    mark.await();
    evict();
    Held slow = new Held(1);
    Future<Found> reader = begin(one, slow);
    mark.settle(0); // the write has committed, and is answered
    slow.mayReturn.countDown();
    Found _ = reader.get();
    assertArrayEquals(value(2), read(one, 2));
  }

  @Test
  void whatWasStoredWhileTheWriteWasUnderWayAndTheMarkEvictedGoesBeforeTheAnswer() {
    Mark mark = two.change(key, value(2)).orElseThrow();
    mark.await();
    evict();
    assertArrayEquals(value(1), read(one, 1), "it has not committed yet");
    mark.settle(0);
    assertArrayEquals(value(2), read(one, 2));
  }

  @Test
  void whileAWriteIsUnderWayEveryReadLoadsAndStoresNothing() {
    write(one, key, value(1));
    Mark mark = two.change(key, value(2)).orElseThrow();
    mark.await();
    assertArrayEquals(value(1), read(one, 1));
    assertArrayEquals(value(2), read(one, 2), "it has committed, and nobody said so yet");
    mark.settle(0);
    assertArrayEquals(value(2), read(one, 3), "a hit");
  }

  @Test
  void aCommitWhoseOutcomeIsUnknownLeavesNothingToServe() {
    write(one, key, value(1));
    Mark mark = two.change(key, value(2)).orElseThrow();
    mark.await(); // and neither settled nor withdrawn
    assertArrayEquals(value(1), read(one, 1));
    assertArrayEquals(value(2), read(two, 2));
    assertArrayEquals(value(2), read(one, 2));
  }

  @Test
  void aWriteThatRollsBackLeavesTheKeyToTheNextReader() {
    write(one, key, value(1));
    Mark mark = two.change(key, value(2)).orElseThrow();
    mark.await();
    mark.withdraw();
    Await.until("the mark goes", PATIENCE, () -> redis.exists(key.getBytes(UTF_8)) == 0);
    assertArrayEquals(value(1), read(one, 1));
    assertArrayEquals(value(1), read(two, 9), "a hit");
  }

  @Test
  void ofTwoWritesTheFirstThatSettlesLateChangesNothing() {
    Mark first = one.change(key, value(2)).orElseThrow();
    first.await();
    write(two, key, value(3));
    first.settle(0);
    assertArrayEquals(value(3), read(one, 3));
    Mark third = one.change(key, value(4)).orElseThrow();
    third.await();
    Mark fourth = two.change(key, value(5)).orElseThrow(); // the third has committed
    fourth.await();
    third.settle(0);
    assertArrayEquals(value(5), read(one, 5), "the fourth is still under way");
    fourth.settle(0);
    assertArrayEquals(value(5), read(one, 9), "a hit");
  }

  @Test
  void aDeletionIsFinal() throws Exception {
    write(one, key, value(1));
    evict();
    Held slow = new Held(1);
    Future<Found> reader = begin(one, slow);
    write(two, key, null);
    slow.mayReturn.countDown();
    Found _ = reader.get();
    assertNull(one.lookUp(key).orLoad(Optional::empty).value());
  }

  @Test
  void whoJoinsALoadAfterAWriteWasAnsweredDoesNotGetWhatItReadBefore() throws Exception {
    Held slow = new Held(1);
    Future<Found> first = begin(one, slow);
    write(two, key, value(2));
    evict();
    Future<Found> second = threads.submit(() -> one.lookUp(key).orLoad(loads(value(2))));
    Await.until("the second has missed", PATIENCE, () -> one.stats().misses() == 2);
    slow.mayReturn.countDown();
    assertArrayEquals(value(1), first.get().value());
    assertArrayEquals(value(2), second.get().value());
  }

  @Test
  void aCrowdOnTwoNodesLoadsOnce() throws Exception {
    Held slow = new Held(1);
    Future<Found> first = begin(one, slow);
    List<Future<Found>> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      Cache node = i % 2 == 0 ? one : two;
      crowd.add(threads.submit(() -> node.lookUp(key).orLoad(new Held(1))));
    }
    Await.until(
        "all have missed",
        PATIENCE,
        () -> one.stats().misses() + two.stats().misses() == CROWD + 1);
    slow.mayReturn.countDown();
    assertArrayEquals(value(1), first.get().value());
    for (Future<Found> read : crowd) {
      assertArrayEquals(value(1), read.get().value());
    }
    assertEquals(1, loads.get());
  }

  @Test
  void aLoaderOnAnotherNodeThatHangsIsNotWaitedForLong() throws Exception {
    Held hangs = new Held(1);
    Future<Found> first = begin(one, hangs);
    CacheAside hurried = cache(there, Duration.ofMillis(20));
    assertArrayEquals(value(1), read(hurried, 1), "it has loaded itself");
    hangs.mayReturn.countDown();
    Found _ = first.get();
  }

  @Test
  void aLoaderThatFailsLetsTheOthersLoad() {
    IllegalStateException thrown = new IllegalStateException("the loader dies");
    assertThrows(
        IllegalStateException.class,
        () ->
            one.lookUp(key)
                .orLoad(
                    () -> {
                      throw thrown;
                    }));
    assertArrayEquals(value(1), read(two, 1));
    assertArrayEquals(value(1), read(one, 9), "a hit");
  }

  @Test
  void aValueAboutToExpireIsRenewedByOneReaderInTheBackgroundOfTheOthers() {
    write(one, key, value(1));
    clock.advance(Duration.ofMinutes(5));
    Held renewal = new Held(2);
    for (int i = 0; i < CROWD; i++) {
      Cache node = i % 2 == 0 ? one : two;
      Found found = node.lookUp(key).orLoad(renewal);
      assertEquals(Result.HIT, found.result());
      assertArrayEquals(value(1), found.value());
    }
    await(renewal.read);
    renewal.mayReturn.countDown();
    Await.until("the renewed value", PATIENCE, () -> read(two, 9)[renewalDigit()] == '2');
    assertEquals(1, loads.get());
  }

  private static int renewalDigit() {
    return value(1).length - 2;
  }

  @Test
  void aRenewalThatReadBeforeAWriteStoresNothingAfterIt() throws Exception {
    write(one, key, value(1));
    clock.advance(Duration.ofMinutes(5));
    Held renewal = new Held(1);
    Found found = one.lookUp(key).orLoad(renewal);
    assertEquals(Result.HIT, found.result());
    await(renewal.read);
    write(two, key, value(2));
    renewal.mayReturn.countDown();
    Await.until("the renewal has ended", PATIENCE, () -> one.stats().loads() == 1);
    assertArrayEquals(value(2), read(two, 9), "a hit");
    assertArrayEquals(value(2), read(one, 9), "a hit");
    assertTrue(loads.get() == 1);
  }
}
