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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import ladder.failure.UnavailableException;
import ladder.harness.Await;
import ladder.harness.FakeClock;
import ladder.harness.Logged;
import ladder.harness.Proxy;
import ladder.harness.TestServers;
import ladder.time.Backoff;
import ladder.time.Outage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With the event loop in the test's hands, and a clock that the test sets. */
class PipelineIT {
  private static final Duration TIMEOUT = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Script INCREMENT = new Script("return {redis.call('INCR', KEYS[1])}");
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
  private final Logged logged = new Logged(Outage.class);
  private final Backoff backoff = new Backoff(TIMEOUT, TIMEOUT, RandomGenerator.getDefault());
  private final Outage outage = new Outage("Redis", "a test", 1, backoff, clock);
  private final Pipeline pipeline =
      new Pipeline(connection, connection.async(), "run", loop.get(), TIMEOUT, clock, outage);

  private final String key = "test:" + UUID.randomUUID();

  @AfterEach
  void close() {
    pipeline.close();
    client.close();
    proxy.close();
    var _ = resources.shutdown();
    logged.close();
  }

  /** In a group of its own. */
  private Reply<List<Long>> increment() {
    return pipeline.send(
        new Pipeline.Group<>() {
          @Override
          public CompletionStage<List<List<Long>>> send(Pipeline to, List<byte[]> keys) {
            return INCREMENT.run(to, new byte[][] {keys.getFirst()}).thenApply(List::of);
          }
        },
        key.getBytes(UTF_8));
  }

  @Test
  void aLateProcessTakesNoAnswerForSilence() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Reply<List<Long>> reply = increment();
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
    assertEquals(List.of(1L), reply.await());
    assertEquals(List.of(2L), increment().await());
    assertEquals(List.of(), logged.lines());
  }

  @Test
  void silenceForTheTimeoutClosesTheConnection() {
    assertEquals(List.of(1L), increment().await());
    proxy.pause();
    Reply<List<Long>> reply = increment();
    Await.until("a write", PATIENCE, () -> !reply.isDone());
    Await.until(
        "the end of waiting",
        PATIENCE,
        () -> {
          clock.advance(TIMEOUT);
          return reply.isDone();
        });
    assertThrows(UnavailableException.class, reply::await);
    assertEquals(
        List.of("WARN Redis does not answer, a test: no reply within 20 ms"), logged.lines());
    assertFalse(connection.isOpen());
  }

  @Test
  void whatGathersWhileABatchIsUnderWayLeavesWithTheNext() {
    proxy.pause();
    Reply<List<Long>> first = increment();
    List<Reply<List<Long>>> gathered = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      gathered.add(increment());
    }
    proxy.restore();
    assertEquals(List.of(1L), first.await());
    for (int i = 0; i < 100; i++) {
      assertEquals(List.of(i + 2L), gathered.get(i).await());
    }
  }

  @Test
  void callsOfEqualGroupsLeaveAsOneCommandAndGetTheirOwnValues() {
    Pipeline.Group<Long> group =
        (to, keys) ->
            INCREMENT
                .run(to, new byte[][] {keys.getFirst()})
                .thenApply(all -> LongStream.range(0, keys.size()).boxed().toList());
    proxy.pause();
    Reply<List<Long>> first = increment();
    List<Reply<Long>> gathered = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      gathered.add(pipeline.send(group, key.getBytes(UTF_8)));
    }
    proxy.restore();
    assertEquals(List.of(1L), first.await());
    for (long i = 0; i < 100; i++) {
      assertEquals(i, gathered.get((int) i).await());
    }
    assertEquals("2", direct.get(key), "one run for all that gathered");
  }
}
