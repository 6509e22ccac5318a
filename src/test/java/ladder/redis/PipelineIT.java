package ladder.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With the event loop in the test's hands, and a clock that the test sets. */
class PipelineIT {
  private static final Duration TIMEOUT = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String URL = TestServers.shared().redisUrl();

  private final Proxy proxy = Proxy.to(URL);
  private final AtomicReference<EventLoop> loop = new AtomicReference<>();
  private final ClientResources resources =
      ClientResources.builder()
          .nettyCustomizer(
              new NettyCustomizer() {
                @Override
                public void afterChannelInitialized(Channel channel) {
                  loop.set(channel.eventLoop());
                }
              })
          .build();
  private final RedisClient client = RedisClient.create(resources);
  private final RedisCommands<String, String> direct =
      client.connect(StringCodec.UTF8, RedisURI.create(URL)).sync();
  private final StatefulRedisConnection<byte[], byte[]> connection =
      client.connect(ByteArrayCodec.INSTANCE, RedisURI.create(proxy.url(URL)));
  private final FakeClock clock = new FakeClock();
  private final List<String> silences = new ArrayList<>();
  private final Pipeline pipeline =
      new Pipeline(connection, connection.async(), loop.get(), TIMEOUT, clock, silences::add);

  private final String key = "test:" + UUID.randomUUID();

  @AfterEach
  void close() {
    pipeline.close();
    client.close();
    proxy.close();
    var _ = resources.shutdown();
  }

  private CompletableFuture<Long> increment() {
    CompletableFuture<Long> reply = new CompletableFuture<>();
    pipeline.send(
        commands -> commands.incr(key.getBytes(UTF_8)),
        (value, failure) -> {
          if (failure == null) {
            reply.complete(value);
          } else {
            reply.completeExceptionally(failure);
          }
        });
    return reply;
  }

  @Test
  void aLateProcessTakesNoAnswerForSilence() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Long> reply = increment();
    loop.get()
        .execute(
            () -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Await.until("the increment in Redis", PATIENCE, () -> "1".equals(direct.get(key)));
    clock.advance(Duration.ofHours(1));
    release.countDown();
    assertEquals(1, reply.join());
    assertEquals(2, increment().join());
    assertEquals(List.of(), silences);
  }

  @Test
  void silenceForTheTimeoutClosesTheConnection() {
    assertEquals(1, increment().join());
    proxy.pause();
    CompletableFuture<Long> reply = increment();
    Await.until("a write", PATIENCE, () -> !reply.isDone());
    Await.until(
        "the end of waiting",
        PATIENCE,
        () -> {
          clock.advance(TIMEOUT);
          return reply.isDone();
        });
    assertThrows(CompletionException.class, reply::join);
    assertEquals(List.of("no reply within 20 ms"), silences);
    assertFalse(connection.isOpen());
  }

  @Test
  void whatGathersWhileABatchIsUnderWayLeavesWithTheNext() {
    proxy.pause();
    CompletableFuture<Long> first = increment();
    List<CompletableFuture<Long>> gathered = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      gathered.add(increment());
    }
    proxy.restore();
    assertEquals(1, first.join());
    for (int i = 0; i < 100; i++) {
      assertEquals(i + 2, gathered.get(i).join());
    }
  }
}
