package ladder.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static ladder.redis.RedisFixture.PATIENCE;
import static ladder.redis.RedisFixture.answers;
import static ladder.redis.RedisFixture.connect;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisIT {
  private static final Duration TIMEOUT = Duration.ofMillis(250);
  private static final String URL = TestServers.shared().redisUrl();
  private static final Script INCREMENT = new Script("return {redis.call('INCR', KEYS[1])}");

  private static RedisClient client;
  private static RedisCommands<String, String> direct;

  @BeforeAll
  static void connectDirectly() {
    client = RedisClient.create(URL);
    direct = client.connect().sync();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  private static String newKey() {
    return "test:" + UUID.randomUUID();
  }

  @Test
  void setsGetsAndRunsScripts() {
    String key = newKey();
    try (Redis redis = connect(TIMEOUT)) {
      Object _ = redis.set(key, "7".getBytes(UTF_8), Duration.ofMinutes(1)).await();
      assertArrayEquals("7".getBytes(UTF_8), redis.get(key).await());
      assertEquals(List.of(8L), redis.run(INCREMENT, List.of(key)).await());
    }
  }

  @Test
  void aKeyThatHoldsNoStringHasNoValueAndSpoilsNoOthers() {
    String odd = newKey();
    String key = newKey();
    direct.rpush(odd, "a");
    direct.set(key, "7");
    try (Redis redis = connect(TIMEOUT)) {
      Reply<byte[]> none = redis.get(odd);
      Reply<byte[]> one = redis.get(key);
      assertNull(none.await());
      assertArrayEquals("7".getBytes(UTF_8), one.await());
    }
  }

  @Test
  void equalCallsThatGatherAreOneRunForAll() {
    String key = newKey();
    Script add = new Script("return {redis.call('INCRBY', KEYS[1], ARGV[2]), tonumber(ARGV[1])}");
    try (RedisFixture node = new RedisFixture(PATIENCE)) {
      node.proxy.pause();
      Reply<?> first = node.redis.get(key);
      List<Reply<Redis.Share>> gathered = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        gathered.add(node.redis.runForAll(add, key, List.of(5L)));
      }
      node.proxy.restore();
      assertNull(first.await());
      for (int i = 0; i < 100; i++) {
        assertEquals(new Redis.Share(List.of(100L, 5L), i), gathered.get(i).await());
      }
    }
  }

  @Test
  void sendsAScriptInFullWhenRedisDoesNotHoldIt() {
    String key = newKey();
    try (Redis redis = connect(TIMEOUT)) {
      direct.scriptFlush();
      List<Reply<List<Long>>> replies = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        replies.add(redis.run(INCREMENT, List.of(key)));
      }
      replies.forEach(reply -> assertEquals(1, reply.await().size()));
      assertEquals("10", direct.get(key));
    }
  }

  @Test
  void startsWithoutRedisAndFindsItWhenItComes() {
    try (Proxy proxy = Proxy.to(URL)) {
      proxy.cut();
      try (Redis redis = connect(proxy.url(URL), TIMEOUT)) {
        assertFalse(redis.answers());
        assertThrows(UnavailableException.class, redis.get("a")::await);
        proxy.restore();
        Await.until("an answer", PATIENCE, () -> answers(redis));
      }
    }
  }

  @Test
  void startsWithASilentRedisAndFindsItWhenItAnswers() {
    try (Proxy proxy = Proxy.to(URL)) {
      proxy.pause();
      try (Redis redis = connect(proxy.url(URL), TIMEOUT)) {
        assertFalse(redis.answers());
        proxy.restore();
        Await.until("an answer", PATIENCE, () -> answers(redis));
      }
    }
  }

  @Test
  void connectsAgainByItself() {
    try (RedisFixture node = new RedisFixture(TIMEOUT)) {
      assertTrue(answers(node.redis));
      node.cut();
      node.restore();
      assertEquals(2, node.proxy.connections());
    }
  }

  @Test
  void aCommandWhileRedisIsAwayFailsAndIsNeverRun() {
    String key = newKey();
    try (RedisFixture node = new RedisFixture(TIMEOUT)) {
      node.cut();
      assertThrows(UnavailableException.class, node.redis.run(INCREMENT, List.of(key))::await);
      node.restore();
      assertEquals(List.of(1L), node.redis.run(INCREMENT, List.of(key)).await());
    }
  }

  /** Whether the timeout is shorter or longer than it takes to connect again. */
  @ParameterizedTest
  @ValueSource(ints = {20, 250, 10_000})
  void whatIsUnderWayWhenTheConnectionBreaksIsNotSentAgain(int timeoutMillis) {
    String key = newKey();
    try (RedisFixture node = new RedisFixture(Duration.ofMillis(timeoutMillis))) {
      node.proxy.pause();
      Reply<List<Long>> underWay = node.redis.run(INCREMENT, List.of(key));
      node.cut();
      assertThrows(UnavailableException.class, underWay::await);
      node.restore();
      assertEquals(List.of(1L), node.redis.run(INCREMENT, List.of(key)).await());
    }
  }

  @Test
  void aSlowRedisIsNotUsedUntilItAnswersInTime() {
    try (RedisFixture node = new RedisFixture(TIMEOUT)) {
      node.proxy.delay(TIMEOUT.multipliedBy(3));
      assertThrows(UnavailableException.class, node.redis.get("a")::await);
      Await.until("Redis away", PATIENCE, () -> !node.redis.answers());
      int before = node.proxy.connections();
      Await.until(
          "three attempts to connect",
          PATIENCE,
          () -> {
            assertFalse(node.redis.answers(), "nobody waits for it");
            assertThrows(UnavailableException.class, node.redis.get("a")::await);
            return node.proxy.connections() >= before + 3;
          });
      node.restore();
    }
  }

  @Test
  void aSilentRedisIsAwayUntilItAnswersAgain() {
    try (RedisFixture node = new RedisFixture(TIMEOUT)) {
      node.proxy.pause();
      assertThrows(UnavailableException.class, node.redis.get("a")::await);
      Await.until("Redis away", PATIENCE, () -> !node.redis.answers());
      assertThrows(UnavailableException.class, node.redis.get("a")::await);
      node.restore();
    }
  }

  @Test
  void commandsSentTogetherShareOneConnectionAndComeBackInOrder() {
    String key = newKey();
    try (RedisFixture node = new RedisFixture(TIMEOUT)) {
      List<Reply<List<Long>>> replies = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        replies.add(node.redis.run(INCREMENT, List.of(key)));
      }
      for (long i = 1; i <= 5_000; i++) {
        assertEquals(List.of(i), replies.get((int) i - 1).await());
      }
      assertEquals(1, node.proxy.connections());
    }
  }

  @Test
  void commandsThatWaitAreBounded() {
    try (RedisFixture node = new RedisFixture(Duration.ofSeconds(10))) {
      assertTrue(answers(node.redis));
      node.proxy.pause();
      List<Reply<?>> replies = new ArrayList<>();
      for (int i = 0; i < Pipeline.WAITING_MAX + 2 * Pipeline.BATCH_MAX; i++) {
        replies.add(node.redis.get("a"));
      }
      assertTrue(replies.getLast().isDone(), "refused at once");
      assertThrows(UnavailableException.class, replies.getLast()::await);
      assertFalse(replies.getFirst().isDone());
    }
  }

  @Test
  void aCommandThatRedisRefusesFailsAndTheOthersAreAnswered() {
    String key = newKey();
    direct.rpush(key, "a");
    try (Redis redis = connect(TIMEOUT)) {
      Reply<?> refused = redis.run(INCREMENT, List.of(key));
      Reply<?> answered = redis.get(newKey());
      assertThrows(UnavailableException.class, refused::await);
      Object _ = answered.await();
      assertTrue(redis.answers());
    }
  }

  @Test
  void aWrongPasswordServesWithoutRedis() {
    try (Redis redis = connect(URL.replaceFirst("//[^@]*@", "//:wrong@"), TIMEOUT)) {
      assertThrows(UnavailableException.class, redis.get("a")::await);
    }
  }

  @Test
  void closesWhileCommandsAreUnderWay() {
    try (RedisFixture node = new RedisFixture(Duration.ofSeconds(10))) {
      node.proxy.pause();
      Reply<?> underWay = node.redis.get("a");
      node.redis.close();
      assertThrows(UnavailableException.class, underWay::await);
    }
  }
}
