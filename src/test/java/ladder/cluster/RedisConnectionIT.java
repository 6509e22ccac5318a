package ladder.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import ladder.harness.Await;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisConnectionIT {
  private static final Duration TIMEOUT = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String URL = TestServers.shared().redisUrl();

  private final Proxy proxy = Proxy.to(URL);

  @AfterEach
  void close() {
    proxy.close();
  }

  private static RedisConnection connect(String url) {
    return connect(url, TIMEOUT);
  }

  private static RedisConnection connect(String url, Duration timeout) {
    return new RedisConnection(url, timeout, new SimpleMeterRegistry());
  }

  private static boolean answers(RedisConnection connection) {
    try {
      return connection.commands().ping().get(5, TimeUnit.SECONDS).equals("PONG");
    } catch (Exception e) {
      return false;
    }
  }

  private static Throwable failure(Future<?> command) {
    return assertThrows(ExecutionException.class, () -> command.get(5, TimeUnit.SECONDS))
        .getCause();
  }

  @Test
  void startsWithoutRedisAndFindsItWhenItComes() {
    proxy.cut();
    try (RedisConnection connection = connect(proxy.url(URL))) {
      RedisException e = assertThrows(RedisException.class, connection::commands);
      assertEquals("not connected yet", e.getMessage());
      proxy.restore();
      Await.until("an answer", PATIENCE, () -> answers(connection));
    }
  }

  @Test
  void connectsAgainByItself() {
    try (RedisConnection connection = connect(proxy.url(URL))) {
      assertTrue(answers(connection));
      proxy.cut();
      Await.until("a refusal", PATIENCE, () -> !answers(connection));
      proxy.restore();
      Await.until("an answer", PATIENCE, () -> answers(connection));
      assertEquals(2, proxy.connections());
    }
  }

  @Test
  void aCommandWhileRedisIsAwayIsRefusedAndNeverRun() throws Exception {
    byte[] key = ("test:" + UUID.randomUUID()).getBytes(UTF_8);
    try (RedisConnection connection = connect(proxy.url(URL))) {
      assertTrue(answers(connection));
      proxy.cut();
      Await.until("a refusal", PATIENCE, () -> !answers(connection));
      assertInstanceOf(RedisException.class, failure(connection.commands().incr(key)));
      proxy.restore();
      Await.until("an answer", PATIENCE, () -> answers(connection));
      assertEquals(1, connection.commands().incr(key).get(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void anAnswerThatTakesTooLongIsNotWaitedFor() {
    try (RedisConnection connection = connect(proxy.url(URL))) {
      assertTrue(answers(connection));
      proxy.pause();
      assertInstanceOf(RedisCommandTimeoutException.class, failure(connection.commands().ping()));
      proxy.restore();
      Await.until("an answer", PATIENCE, () -> answers(connection));
      assertEquals(1, proxy.connections(), "the connection was good and is kept");
    }
  }

  @Test
  void commandsThatAreBegunTogetherShareOneConnection() {
    try (RedisConnection connection = connect(proxy.url(URL))) {
      List<CompletableFuture<String>> begun = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        begun.add(connection.commands().ping().toCompletableFuture());
      }
      begun.forEach(answer -> assertEquals("PONG", answer.join()));
      assertEquals(1, proxy.connections());
    }
  }

  @Test
  void commandsThatWaitForTheirAnswersAreBounded() {
    try (RedisConnection connection = connect(proxy.url(URL), PATIENCE)) {
      assertTrue(answers(connection));
      proxy.pause();
      for (int i = 0; i < RedisConnection.PENDING_MAX; i++) {
        Future<String> _ = connection.commands().ping();
      }
      Throwable refused = failure(connection.commands().ping());
      assertTrue(refused.getMessage().contains("size exceeded"), refused::toString);
    }
  }

  @Test
  void aWrongPasswordServesWithoutRedis() {
    String wrong = URL.replaceFirst("//[^@]*@", "//:wrong@");
    try (RedisConnection connection = connect(wrong)) {
      assertThrows(RedisException.class, connection::commands);
    }
  }

  @Test
  void closesWhileRedisIsAway() {
    proxy.cut();
    RedisConnection connection = connect(proxy.url(URL));
    connection.close();
    assertThrows(RedisException.class, connection::commands);
  }
}
