package ladder.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static ladder.redis.Script.argument;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import ladder.cache.CacheAside.Options;
import ladder.failure.UnavailableException;
import ladder.redis.Redis;
import ladder.redis.Reply;
import ladder.redis.Script;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What stands in Redis under a key, and the steps that change it.
 *
 * <pre>
 *             acquire              replace (the token is still there)
 *   nothing ──────────▶ load token ──────────▶ entry ──┐ replace (the entry is still there)
 *      ▲                    │                  │  ▲ ◀──┘
 *      │ lifetime over      │ mark             │  │ settle (the token is still there)
 *      └────────────────────┴──▶ write token ◀─┘──┘
 * </pre>
 *
 * Every step but a mark takes place only if the key still holds what the one who takes it has seen
 * there. A second key holds the last value for longer, for when no source answers: it is set with
 * the entry and deleted by a mark. Thread-safe.
 */
final class Entries {
  /** Longer than a load takes: while it stands, other nodes wait for its load. */
  static final Duration LOAD_MAX = Duration.ofSeconds(5);

  /** Longer than any commit takes, from the mark to the answer. */
  private static final Duration WRITE_MAX = Duration.ofMinutes(5);

  /** Long enough for a client that asks again and again, and so short that few fill Redis. */
  private static final Duration ABSENT_FOR = Duration.ofSeconds(3);

  private static final double JITTER = 0.1;

  /** ARGV the token, its time to live. KEYS are the entry and the stale value, here and below. */
  private static final Script MARK =
      new Script(
          Script.PUT_OR_DELETE
              + """
              redis.call('DEL', KEYS[2])
              put('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
              return {1}
              """);

  /**
   * ARGV what must be held, what replaces it (empty: nothing), its time to live, and how long it
   * lives as the stale value (0: that stays as it is). What is held and is neither that nor the
   * token of another write was put there after the token got lost, perhaps by a load that began
   * before the commit.
   */
  private static final Script REPLACE =
      new Script(
          Script.PUT_OR_DELETE
              + """
              local held = redis.call('GET', KEYS[1])
              if held == ARGV[1] then
                if ARGV[2] == '' then redis.call('DEL', KEYS[1])
                else put('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
                if ARGV[4] ~= '0' then put('SET', KEYS[2], ARGV[2], 'PX', ARGV[4]) end
                return {1}
              end
              if string.sub(ARGV[1], 1, 6) == 'write ' and held
                  and string.sub(held, 1, 6) ~= 'write ' then
                redis.call('DEL', KEYS[1], KEYS[2])
              end
              return {0}
              """);

  private static final byte[] NOTHING = {};

  private final Redis redis;
  private final Options options;
  private final Clock clock;
  private final RandomGenerator random;

  Entries(Redis redis, Options options, Clock clock, RandomGenerator random) {
    this.redis = redis;
    this.options = options;
    this.clock = clock;
    this.random = random;
  }

  /** The entry and the stale value; in a cluster the braces keep them together. */
  static List<String> keys(String key) {
    return List.of(key, "stale:{" + key + "}");
  }

  /** The entry that is held, if it is one that may be used. */
  Optional<Entry> read(byte @Nullable [] held) {
    return Optional.ofNullable(held)
        .flatMap(Entry::read)
        .filter(e -> e.schema() == options.schema() && e.runId().equals(redis.runId()));
  }

  /** What Redis holds now. */
  byte @Nullable [] held(String key) {
    return redis.get(key).await();
  }

  /** The value of before its time to live was over. */
  Optional<byte[]> stale(String key) {
    try {
      return read(redis.get(keys(key).get(1)).await()).map(Entry::value);
    } catch (UnavailableException e) {
      return Optional.empty();
    }
  }

  /** A token of a write. */
  byte[] token() {
    return token("write ");
  }

  private byte[] token(String kind) {
    return (kind + redis.runId() + ' ' + Long.toHexString(random.nextLong())).getBytes(US_ASCII);
  }

  boolean isToken(byte @Nullable [] held, String kind) {
    String start = kind + redis.runId();
    return held != null
        && held.length > start.length()
        && new String(held, 0, start.length(), US_ASCII).equals(start);
  }

  /**
   * Puts the token of a load where nothing stands that may be used.
   *
   * @return empty when something does by now
   */
  Optional<byte[]> acquire(String key, byte @Nullable [] held) {
    if (isToken(held, "write ") || isToken(held, "load ")) {
      return Optional.empty();
    }
    if (held != null) { // not readable, or of another run
      clear(key);
    }
    byte[] token = token("load ");
    return redis.setIfAbsent(key, token, LOAD_MAX).await() ? Optional.of(token) : Optional.empty();
  }

  /** Deletes what cannot be used; safe at any time. */
  void clear(String key) {
    var _ = redis.delete(key);
  }

  Reply<List<Long>> mark(String key, byte[] token) {
    return redis.run(MARK, keys(key), token, argument(WRITE_MAX.toMillis()));
  }

  /**
   * After a commit, or a rollback.
   *
   * @param value null for nothing
   */
  Reply<List<Long>> settle(String key, byte[] token, byte @Nullable [] value) {
    return value == null
        ? release(key, token)
        : replace(key, token, entry(value, 0, options.timeToLive()));
  }

  /** Puts what was loaded, or that there is no such value. */
  boolean keep(String key, byte[] held, byte @Nullable [] value, long loadMillis) {
    if (value == null && !options.absentKept()) {
      return wasDone(release(key, held));
    }
    Duration life = value == null ? ABSENT_FOR : options.timeToLive();
    return wasDone(replace(key, held, entry(value, loadMillis, life)));
  }

  /** Lets the entry stand for a load longer, and due for nobody else. */
  Optional<byte[]> claim(String key, byte[] held, Entry entry) {
    long endMillis = Math.max(nowMillis(), entry.expiresMillis()) + LOAD_MAX.toMillis();
    byte[] claimed = entry.expiringAt(endMillis).bytes();
    byte[] rest = argument(endMillis - nowMillis());
    boolean done = wasDone(redis.run(REPLACE, keys(key), held, claimed, rest, argument(0)));
    return done ? Optional.of(claimed) : Optional.empty();
  }

  Reply<List<Long>> release(String key, byte[] token) {
    return redis.run(REPLACE, keys(key), token, NOTHING, argument(0), argument(0));
  }

  private Reply<List<Long>> replace(String key, byte[] held, Entry entry) {
    long lifeMillis = Math.max(1, entry.expiresMillis() - nowMillis());
    long staleMillis = entry.value() == null ? 0 : lifeMillis + options.staleFor().toMillis();
    return redis.run(
        REPLACE, keys(key), held, entry.bytes(), argument(lifeMillis), argument(staleMillis));
  }

  private Entry entry(byte @Nullable [] value, long loadMillis, Duration life) {
    long lifeMillis = (long) (life.toMillis() * (1 - JITTER * random.nextDouble()));
    return new Entry(value, options.schema(), redis.runId(), nowMillis() + lifeMillis, loadMillis);
  }

  private static boolean wasDone(Reply<List<Long>> replaced) {
    return replaced.await().getFirst() == 1;
  }

  /** Whether the entry is due to be renewed by the caller ({@link Loads#renewEarly}). */
  boolean isDue(Entry entry) {
    double earlyMillis = Math.max(1, entry.loadMillis()) * random.nextExponential();
    return nowMillis() + earlyMillis >= entry.expiresMillis();
  }

  private long nowMillis() {
    return clock.now().toEpochMilli();
  }
}
