package ladder.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.KeyValue;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import ladder.failure.RootCause;
import ladder.failure.UnavailableException;
import ladder.redis.Pipeline.Group;
import ladder.settings.Settings;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.PeriodicTask;
import org.jspecify.annotations.Nullable;

/**
 * The node's Redis: values, fields and scripts, over one connection that all requests share.
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

  private static final Group<byte @Nullable []> GET =
      (pipeline, keys) ->
          pipeline.commands.mget(keys.toArray(byte[][]::new)).thenApply(Redis::values);

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
    String consequence = "reads go to the database and this node limits alone";
    this.outage = new Outage("Redis", consequence, 1, backoff, clock);
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
      // Its message would show the password.
    }
    throw new IllegalArgumentException(
        "must look like redis://:password@host:6379, rediss://… or"
            + " redis-sentinel://host:26379#master");
  }

  /** The value of a key, or null; also of one that holds no string. */
  public Reply<byte @Nullable []> get(String key) {
    return send(GET, key);
  }

  /** Sets a key to a value for so long. */
  public Reply<String> set(String key, byte[] value, Duration timeToLive) {
    SetArgs expiry = SetArgs.Builder.px(timeToLive);
    return send(key, (pipeline, bytes) -> pipeline.commands.set(bytes, value, expiry));
  }

  /** Sets a key that has no value; the reply is whether it had none. */
  public Reply<Boolean> setIfAbsent(String key, byte[] value, Duration timeToLive) {
    SetArgs absent = SetArgs.Builder.px(timeToLive).nx();
    return send(
        key,
        (pipeline, bytes) ->
            pipeline.commands.set(bytes, value, absent).thenApply(Objects::nonNull));
  }

  /** Deletes these keys; the reply is how many there were. */
  public Reply<Long> delete(String... keys) {
    byte[][] all = Stream.of(keys).map(key -> key.getBytes(UTF_8)).toArray(byte[][]::new);
    return send(keys[0], (pipeline, _) -> pipeline.commands.del(all));
  }

  /** The values of these fields of a hash, null for those absent. */
  public Reply<List<byte @Nullable []>> fields(String key, String... fields) {
    byte[][] all = Stream.of(fields).map(field -> field.getBytes(UTF_8)).toArray(byte[][]::new);
    return send(
        key, (pipeline, bytes) -> pipeline.commands.hmget(bytes, all).thenApply(Redis::values));
  }

  private static List<byte @Nullable []> values(List<KeyValue<byte[], byte[]>> all) {
    return all.stream().map(one -> one.getValueOrElse(null)).toList();
  }

  /** Runs a script on some keys, the first of which says where. */
  public Reply<List<Long>> run(Script script, List<String> keys, byte[]... arguments) {
    byte[][] all = keys.stream().map(key -> key.getBytes(UTF_8)).toArray(byte[][]::new);
    return send(keys.getFirst(), (pipeline, _) -> script.run(pipeline, all, arguments));
  }

  /**
   * Runs a script on a key. Equal calls that gather are one run for all: the script gets how many
   * they are as its last argument, at most {@link Pipeline#BATCH_MAX}.
   */
  public Reply<Share> runForAll(Script script, String key, List<Long> arguments) {
    return send(new Shared(script, key, arguments), key);
  }

  /**
   * One call's share in a run for several.
   *
   * @param numbers what the script answered, for all
   * @param place of the call among them, from 0
   */
  public record Share(List<Long> numbers, int place) {}

  private record Shared(Script script, String key, List<Long> arguments) implements Group<Share> {
    @Override
    public CompletionStage<List<Share>> send(Pipeline pipeline, List<byte[]> keys) {
      int calls = keys.size();
      byte[][] texts =
          LongStream.concat(arguments.stream().mapToLong(Long::longValue), LongStream.of(calls))
              .mapToObj(Script::argument)
              .toArray(byte[][]::new);
      return script
          .run(pipeline, new byte[][] {keys.getFirst()}, texts)
          .thenApply(
              numbers ->
                  IntStream.range(0, calls).mapToObj(place -> new Share(numbers, place)).toList());
    }
  }

  /**
   * Names the run of the server that answers: it changes when Redis restarts, perhaps with data of
   * before, or when another server takes over. Empty while Redis is away.
   */
  public String runId() {
    Pipeline current = pipeline;
    return current == null ? "" : current.runId;
  }

  /** Whether a connection stands that answers. */
  public boolean answers() {
    return pipeline != null;
  }

  /** Sends a call that is a group of its own. */
  private <T> Reply<T> send(String key, BiFunction<Pipeline, byte[], CompletionStage<T>> command) {
    Group<T> alone = new Group<>() { // a lambda might equal another
          @Override
          public CompletionStage<List<T>> send(Pipeline pipeline, List<byte[]> keys) {
            return command.apply(pipeline, keys.getFirst()).thenApply(List::of);
          }
        };
    return send(alone, key);
  }

  private <T extends @Nullable Object> Reply<T> send(Group<T> group, String key) {
    Pipeline current = pipeline;
    if (current != null) {
      return current.send(group, key.getBytes(UTF_8));
    }
    return Reply.failed(new UnavailableException("Redis does not answer"));
  }

  private long connectIfAway() {
    if (pipeline != null) {
      return LOOK.toNanos();
    }
    try {
      StatefulRedisConnection<byte[], byte[]> connection =
          client.connect(ByteArrayCodec.INSTANCE, uri);
      EventLoop loop = Objects.requireNonNull(newestLoop.get());
      String runId = Greeting.exchange(connection, CONNECT_MAX, timeout);
      pipeline = new Pipeline(connection, connection.async(), runId, loop, timeout, clock, outage);
      if (!connection.isOpen()) { // broke before its listener could find it here
        pipeline = null;
      }
      outage.succeeded();
      return LOOK.toNanos();
    } catch (RuntimeException e) {
      outage.failed(RootCause.message(e));
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

  @Override
  public void close() {
    connecting.close();
    client.shutdown(Duration.ZERO, CLOSE_MAX);
    resources.shutdown(0, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
