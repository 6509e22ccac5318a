package ladder.cluster;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.MicrometerCommandLatencyRecorder;
import io.lettuce.core.metrics.MicrometerOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's one connection to Redis, shared by all requests: Lettuce pipelines them by itself.
 *
 * <p>Redis is allowed to be away, at start and later. Until the first connection stands, a thread
 * tries once a second; from then on Lettuce reconnects. While disconnected, commands are refused
 * rather than queued: a queued limiter script would run when its request is long gone. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

  private static final Duration RETRY = Duration.ofSeconds(1);

  /** For the connection and its greeting; requests don't wait for them. */
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

  /** Commands begun and not answered; beyond it Redis counts as away. Two for each request. */
  static final int PENDING_MAX = 20_000;

  /** Flushes at the latest after so many commands: about one socket buffer of small ones. */
  private static final int COMMANDS_PER_FLUSH_MAX = 256;

  private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(2);

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;

  /**
   * @param url {@code redis://}, {@code rediss://} or {@code redis-sentinel://}
   * @param timeout how long an answer may take
   */
  public RedisConnection(String url, Duration timeout, MeterRegistry metrics) {
    this.uri = uri(url);
    uri.setTimeout(CONNECT_MAX);
    this.resources =
        DefaultClientResources.builder()
            .reconnectDelay(Delay.constant(RETRY.dividedBy(4)))
            .nettyCustomizer(consolidatedFlushes())
            .commandLatencyRecorder(
                new MicrometerCommandLatencyRecorder(metrics, MicrometerOptions.create()))
            .build();
    this.client = new AsyncClient(resources);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(PENDING_MAX)
            .timeoutOptions(TimeoutOptions.enabled(timeout))
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(CONNECT_MAX)
                    .tcpNoDelay(true)
                    .keepAlive(true)
                    .build())
            .build());
    try {
      connection = client.connect(ByteArrayCodec.INSTANCE, uri);
    } catch (RuntimeException e) {
      log.warn("Redis can't be reached, serving without it: {}", rootMessage(e));
      Thread.ofVirtual().name("redis-connect").start(this::connectUntilConnected);
    }
  }

  /**
   * @throws IllegalArgumentException with a sentence that says what the URL must look like, and
   *     shows nothing of it
   */
  public static RedisURI uri(String url) {
    try {
      RedisURI uri = RedisURI.create(url);
      // Lettuce takes a port that is no number, or a host with an underscore, for part of a name.
      if (!uri.getSentinels().isEmpty() || URI.create(url).getHost() != null) {
        return uri;
      }
    } catch (RuntimeException e) {
      log.debug("not the URL of a Redis: {}", e.getClass().getSimpleName());
    }
    throw new IllegalArgumentException(
        "must look like redis://:password@host:6379, rediss://… or"
            + " redis-sentinel://host:26379#master");
  }

  /**
   * @throws RedisConnectionException when no connection has stood yet
   */
  public RedisAsyncCommands<byte[], byte[]> commands() {
    StatefulRedisConnection<byte[], byte[]> current = connection;
    if (current == null) {
      throw new RedisConnectionException("not connected yet");
    }
    return current.async();
  }

  private void connectUntilConnected() {
    try {
      while (connection == null && !closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          connection = client.connect(ByteArrayCodec.INSTANCE, uri);
          log.info("Redis is reached");
        } catch (RuntimeException e) {
          log.debug("Redis is still away", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static NettyCustomizer consolidatedFlushes() {
    return new NettyCustomizer() {
      @Override
      public void afterChannelInitialized(Channel channel) {
        channel.pipeline().addFirst(new FlushConsolidationHandler(COMMANDS_PER_FLUSH_MAX, true));
      }
    };
  }

  @Override
  public void close() {
    closed.countDown();
    client.shutdown(Duration.ZERO, SHUTDOWN_MAX);
    resources.shutdown(0, SHUTDOWN_MAX.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
