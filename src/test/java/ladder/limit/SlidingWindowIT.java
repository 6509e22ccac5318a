package ladder.limit;

import static ladder.limit.WindowContract.newKey;
import static ladder.limit.WindowContract.quota;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import ladder.harness.FakeClock;
import ladder.harness.TestServers;
import ladder.redis.Redis;
import ladder.redis.RedisFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SlidingWindowIT implements WindowContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Makes every time in a list older by ARGV[1] microseconds. */
  private static final String AGE =
      """
      for i = 1, redis.call('LLEN', KEYS[1]) do
        local time = redis.call('LINDEX', KEYS[1], i - 1)
        redis.call('LSET', KEYS[1], i - 1, string.format('%.0f', time - ARGV[1]))
      end
      """;

  private static RedisClient client;
  private static RedisCommands<String, String> redis;

  private final FakeClock clock = new FakeClock();
  private final RedisFixture node = new RedisFixture(TIMEOUT);
  private final SlidingWindow window = new SlidingWindow(node.redis, clock);

  @BeforeAll
  static void connect() {
    client = RedisClient.create(TestServers.shared().redisUrl());
    redis = client.connect().sync();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static Decision ask(SlidingWindow node, String key, Quota quota) {
    return node.ask(key, quota).decision().orElseThrow();
  }

  @Override
  public Decision ask(String key, Quota quota) {
    return ask(window, key, quota);
  }

  @Override
  public void pass(String key, Duration time) {
    clock.advance(time);
    redis.eval(
        AGE,
        ScriptOutputType.STATUS,
        new String[] {"limit:" + key},
        Long.toString(time.toNanos() / 1_000));
  }

  @Test
  void severalNodesTogetherAllowExactlyTheLimit() throws Exception {
    String key = newKey();
    List<Redis> clients = Stream.generate(() -> RedisFixture.connect(TIMEOUT)).limit(3).toList();
    List<SlidingWindow> nodes = clients.stream().map(r -> new SlidingWindow(r, clock)).toList();
    int allowed = 0;
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Decision>> answers = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        SlidingWindow node = nodes.get(i % nodes.size());
        answers.add(crowd.submit(() -> ask(node, key, quota(100, 60))));
      }
      for (Future<Decision> answer : answers) {
        allowed += answer.get().allowed() ? 1 : 0;
      }
    }
    clients.forEach(Redis::close);
    assertEquals(100, allowed);
    assertEquals(100, redis.llen("limit:" + key));
    assertEquals(100, nodes.stream().mapToLong(n -> n.stats().allowed()).sum());
    assertEquals(900, nodes.stream().mapToLong(n -> n.stats().denied()).sum());
  }

  /** Of a crowd on one node, which asks Redis with few runs of the script. */
  @Test
  void whatAsksTogetherIsToldApart() throws Exception {
    String key = newKey();
    ask(key, quota(20, 60));
    node.proxy.pause();
    Limiter.Question first = window.ask(newKey(), quota(20, 60));
    List<Limiter.Question> crowd =
        Stream.generate(() -> window.ask(key, quota(20, 60))).limit(25).toList();
    node.proxy.restore();
    assertTrue(first.decision().orElseThrow().allowed());
    List<Decision> decisions = crowd.stream().map(q -> q.decision().orElseThrow()).toList();
    for (int i = 0; i < 25; i++) {
      assertEquals(i < 19, decisions.get(i).allowed());
      assertEquals(Math.max(0, 18 - i), decisions.get(i).remaining());
      assertEquals(60, decisions.get(i).untilMoreSeconds());
    }
    assertEquals(20, redis.llen("limit:" + key));
  }

  @Test
  void thePlaceOfARequestIsFreeTheMicrosecondItLeaves() {
    String key = newKey();
    long now = redisMicros();
    redis.rpush("limit:" + key, Long.toString(now - 60_000_000), Long.toString(now - 1_000_000));
    assertTrue(ask(key, quota(2, 60)).allowed());
    assertFalse(ask(key, quota(2, 60)).allowed());
    assertEquals(2, redis.llen("limit:" + key), "what left is gone, what was refused is not there");
  }

  @Test
  void whatLeftAWindowOfManyIsTrimmedAtOnce() {
    String key = newKey();
    long now = redisMicros();
    String[] times = new String[20_000];
    for (int i = 0; i < times.length; i++) {
      times[i] = Long.toString(now - (i < 12_345 ? 61_000_000 : 1_000_000) + i);
    }
    redis.rpush("limit:" + key, times);
    assertEquals(100_000 - 7_655 - 1, ask(key, quota(100_000, 60)).remaining());
    assertEquals(7_656, redis.llen("limit:" + key));
  }

  @Test
  void timeIsTakenFromRedisAndNotFromTheNode() {
    String key = newKey();
    ask(key, quota(1, 60));
    clock.advance(Duration.ofHours(1));
    assertFalse(ask(key, quota(1, 60)).allowed());
    long stored = Long.parseLong(redis.lindex("limit:" + key, 0));
    assertTrue(stored <= redisMicros() && stored > redisMicros() - 60_000_000);
  }

  @Test
  void aClockThatStepsBackLetsNothingThrough() {
    String key = newKey();
    long ahead = redisMicros() + 5_000_000;
    redis.rpush("limit:" + key, Long.toString(ahead));
    assertTrue(ask(key, quota(2, 60)).allowed());
    assertFalse(ask(key, quota(2, 60)).allowed());
    assertEquals(Long.toString(ahead), redis.lindex("limit:" + key, 1), "the list stays in order");
  }

  @Test
  void anIdleKeyLeavesRedisWithItsWindow() {
    String key = newKey();
    ask(key, quota(3, 10));
    long left = redis.pttl("limit:" + key);
    assertTrue(left > 0 && left <= 10_000, () -> "expires in " + left);
  }

  @Test
  void sendsItsScriptAgainWhenRedisHasForgottenIt() {
    String key = newKey();
    ask(key, quota(3, 60));
    redis.scriptFlush();
    assertEquals(1, ask(key, quota(3, 60)).remaining());
    assertEquals(0, window.stats().fallback());
  }

  @Test
  void limitsAloneWhileRedisIsAwayAndBeginsWithWhatRedisAllowed() {
    String key = newKey();
    ask(key, quota(3, 60));
    ask(key, quota(3, 60));
    node.cut();
    assertTrue(ask(key, quota(3, 60)).allowed());
    assertFalse(ask(key, quota(3, 60)).allowed());
    assertEquals(new Limiter.Stats(2, 0, 2), window.stats());
  }

  @Test
  void onceRedisIsBackWhatItMissedCountsForOneWindow() {
    String key = newKey();
    node.cut();
    ask(key, quota(3, 60));
    ask(key, quota(3, 60));
    node.restore();
    assertEquals(0, ask(key, quota(3, 60)).remaining(), "two alone and one with Redis");
    assertFalse(ask(key, quota(3, 60)).allowed());
    pass(key, Duration.ofSeconds(60));
    assertEquals(2, ask(key, quota(3, 60)).remaining());
  }

  @Test
  void aKeyWithAShortWindowDoesNotEndTheSayOfALongOne() {
    String slow = newKey();
    node.cut();
    ask(slow, quota(1, 3_600));
    ask(newKey(), quota(1, 1));
    node.restore();
    clock.advance(Duration.ofSeconds(2));
    assertFalse(ask(slow, quota(1, 3_600)).allowed());
  }

  @Test
  void anAnswerThatMakesNoSenseIsAnOutage() {
    String key = newKey();
    redis.set("limit:" + key, "not a list");
    assertTrue(ask(key, quota(3, 60)).allowed());
    assertEquals(new Limiter.Stats(0, 0, 1), window.stats());
  }

  @Test
  void withTheRungOffNothingIsLimited() {
    NoLimit off = new NoLimit();
    assertTrue(off.ask("a", quota(1, 1)).decision().isEmpty());
    assertEquals(new Limiter.Stats(0, 0, 0), off.stats());
  }

  private static long redisMicros() {
    List<String> time = redis.time();
    return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
  }
}
