package ladder.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.MicrometerCommandLatencyRecorder;
import io.lettuce.core.metrics.MicrometerOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.redis.Pipeline.Command;
import ladder.settings.Settings;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.PeriodicTask;
import org.jspecify.annotations.Nullable;

/**
 * The node's Redis: get, set and scripts, over one connection that all requests share.
 *
 * <p>Redis may be away, at the start and later. Either a {@link Pipeline} stands, whose connection
 * has answered within the timeout, or there is none: then commands fail at once, and a task
 * connects anew until Redis answers. So an outage costs the requests of its first moment one
 * timeout, and those after it nothing. A command is sent once at the most: the client does not
 * reconnect by itself, so it has nothing to replay. Thread-safe.
 */
public final class Redis implements AutoCloseable {
  /** For the connection and its greeting; requests do not wait for them. */
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

  /** Waits between attempts to connect. */
  private static final Duration RETRY_MIN = Duration.ofMillis(100);

  private static final Duration RETRY_MAX = Duration.ofMillis(500);

  /** How often a task looks that the connection stands, should it miss that it broke. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How long {@link #close} waits for the client's threads. */
  public static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  /** Where Redis is, and how long it may be silent. */
  public record Options(String url, Duration timeout) {
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(5);
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(10);

    /** The timeout that is configured. */
    public static Duration timeout(Settings settings) {
      return settings.duration("LADDER_REDIS_TIMEOUT", TIMEOUT_MIN, TIMEOUT_MAX);
    }
  }

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private final Duration timeout;
  private final Clock clock;
  private final Outage outage;
  private final PeriodicTask connecting;
  private final AtomicReference<@Nullable EventLoop> newestLoop = new AtomicReference<>();

  /** Null while Redis is away. */
  private volatile @Nullable Pipeline pipeline;

  /** Connects once, and in the background when that fails. */
  public Redis(Options options, MeterRegistry metrics, Clock clock) {
    this.uri = uri(options.url());
    uri.setTimeout(CONNECT_MAX);
    this.timeout = options.timeout();
    this.clock = clock;
    Backoff backoff = new Backoff(RETRY_MIN, RETRY_MAX, RandomGenerator.getDefault());
    this.outage =
        new Outage(
            "Redis", "reads go to the database and this node limits alone", 1, backoff, clock);
    this.resources =
        DefaultClientResources.builder()
            .nettyCustomizer(loops())
            .commandLatencyRecorder(
                new MicrometerCommandLatencyRecorder(metrics, MicrometerOptions.create()))
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            // The pipeline has the one deadline: a timer for each command would cost and add
            // nothing.
            .timeoutOptions(TimeoutOptions.create())
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(CONNECT_MAX)
                    .tcpNoDelay(true)
                    .keepAlive(true)
                    .build())
            .build());
    client.addListener(disconnects());
    this.connecting =
        new PeriodicTask("redis-connect", Thread.ofVirtual(), CLOSE_MAX, this::connectIfAway);
    long _ = connectIfAway();
    connecting.start();
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
      // Its message would show the URL, which has the password.
    }
    throw new IllegalArgumentException(
        "must look like redis://:password@host:6379, rediss://… or"
            + " redis-sentinel://host:26379#master");
  }

  /** The value of a key, or null. */
  public Reply<byte @Nullable []> get(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    return send(commands -> commands.get(bytes));
  }

  /** Sets a key to a value for so long. */
  public Reply<@Nullable String> set(String key, byte[] value, Duration timeToLive) {
    byte[] bytes = key.getBytes(UTF_8);
    return send(commands -> commands.set(bytes, value, SetArgs.Builder.px(timeToLive)));
  }

  /** Runs a script on a key. */
  public Reply<List<Long>> run(Script script, String key, byte[]... arguments) {
    byte[][] keys = {key.getBytes(UTF_8)};
    Reply<List<Long>> reply = new Reply<>();
    BiConsumer<@Nullable List<Long>, @Nullable Throwable> outcome = outcome(reply);
    Command<List<Long>> bySha =
        commands -> commands.evalsha(script.sha, ScriptOutputType.MULTI, keys, arguments);
    Command<List<Long>> inFull =
        commands -> commands.eval(script.text, ScriptOutputType.MULTI, keys, arguments);
    send(
        bySha,
        (value, failure) -> {
          if (failure instanceof RedisNoScriptException) { // restarted or flushed: nothing has run
            send(inFull, outcome);
          } else {
            outcome.accept(value, failure);
          }
        });
    return reply;
  }

  /** Whether a connection stands that answers. */
  public boolean answers() {
    return pipeline != null;
  }

  private <T extends @Nullable Object> Reply<T> send(Command<T> command) {
    Reply<T> reply = new Reply<>();
    send(command, outcome(reply));
    return reply;
  }

  private <T extends @Nullable Object> void send(
      Command<T> command, BiConsumer<? super @Nullable T, @Nullable Throwable> outcome) {
    Pipeline current = pipeline;
    if (current == null) {
      outcome.accept(null, new UnavailableException("Redis does not answer"));
    } else {
      current.send(command, outcome);
    }
  }

  @SuppressWarnings("NullAway") // without a failure the value is what the command's type says
  private <T extends @Nullable Object> BiConsumer<@Nullable T, @Nullable Throwable> outcome(
      Reply<T> reply) {
    return (value, failure) -> {
      if (failure == null) {
        outage.succeeded();
        reply.complete(value);
      } else {
        outage.failed(reason(failure));
        reply.fail(failure);
      }
    };
  }

  private long connectIfAway() {
    if (pipeline != null) {
      return LOOK.toNanos();
    }
    try {
      StatefulRedisConnection<byte[], byte[]> connection =
          client.connect(ByteArrayCodec.INSTANCE, uri);
      EventLoop loop = Objects.requireNonNull(newestLoop.get());
      pipeline = new Pipeline(connection, connection.async(), loop, timeout, clock, outage::failed);
      if (!connection.isOpen()) { // broke before its listener could find it here
        pipeline = null;
      }
      outage.succeeded();
      return LOOK.toNanos();
    } catch (RuntimeException e) {
      outage.failed(reason(e));
      return Math.max(RETRY_MIN.toNanos(), outage.holdNanos());
    }
  }

  /** Learns which thread reads the connection that is being made; one is made at a time. */
  private NettyCustomizer loops() {
    return new NettyCustomizer() {
      @Override
      public void afterChannelInitialized(Channel channel) {
        newestLoop.set(channel.eventLoop());
      }
    };
  }

  private RedisConnectionStateListener disconnects() {
    return new RedisConnectionStateListener() {
      @Override
      public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        Pipeline current = pipeline;
        if (current != null && current.connection.equals(connection)) {
          pipeline = null;
          current.close();
          connecting.wake();
        }
      }
    };
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  @Override
  public void close() {
    connecting.close();
    client.shutdown(Duration.ZERO, CLOSE_MAX);
    resources.shutdown(0, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
