package ladder.db;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static ladder.redis.Script.argument;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.redis.Mark;
import ladder.redis.Redis;
import ladder.redis.Reply;
import ladder.redis.Script;
import org.jspecify.annotations.Nullable;

/**
 * The position in the write-ahead log that a replica must have replayed before it may answer for a
 * subject, shared by all nodes in one hash of Redis, {@code floors}. Subjects share a field by
 * their hash, so that it does not grow. A field is
 *
 * <pre>
 *   absent           nobody has written there since the hash began: "base" is its floor
 *   "4711"           the position after the last write; the floor, unless "base" is higher
 *   "w8f3 4711"      a write that may have committed is on its way: ask the primary
 * </pre>
 *
 * <p>Redis evicts, loses or restores the hash as a whole, so an absent field is distinguished from
 * a lost one: without "base", or with the "run" of a Redis that was restarted, every read asks the
 * primary. "base" is a position of the primary that was read after the hash began, so it covers all
 * writes that the hash has no trace of. Thread-safe.
 */
final class Floors {
  /** A floor that no position reaches. */
  static final long PRIMARY_ONLY = Long.MAX_VALUE;

  private static final String KEY = "floors";

  /** 16,384 fields, 1 MB: at 1,000 writes a second one is written every 16 s. */
  private static final int FIELD_BITS = 14;

  /** The hash begins anew so often: that bounds how long the mark of a node that died stands. */
  private static final Duration LIFE = Duration.ofHours(1);

  /** ARGV the run, the field, the token. */
  private static final Script MARK =
      new Script(
          Script.PUT_OR_DELETE
              + """
              if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return {0} end
              local held = redis.call('HGET', KEYS[1], ARGV[2]) or ''
              local floor = string.match(held, '(%d*)$')
              put('HSET', KEYS[1], ARGV[2], ARGV[3] .. ' ' .. floor)
              return {1}
              """);

  /**
   * ARGV the run, the field, the token, the position, 0 after a rollback. The token of a later
   * write stays.
   */
  private static final Script SETTLE =
      new Script(
          Script.PUT_OR_DELETE
              + """
              if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return {0} end
              local held = redis.call('HGET', KEYS[1], ARGV[2]) or ''
              local token = string.match(held, '^w%x+')
              local last = tonumber(string.match(held, '(%d+)$') or 0)
              local floor = math.max(last, tonumber(ARGV[4]))
              local value = floor > 0 and string.format('%.0f', floor) or ''
              if token and token ~= ARGV[3] then value = token .. ' ' .. value end
              if value == '' then redis.call('HDEL', KEYS[1], ARGV[2])
              else put('HSET', KEYS[1], ARGV[2], value) end
              return {1}
              """);

  /**
   * ARGV the run, a name for a new hash, the primary's position, the name of the hash that stood
   * before the position was read, the life of a new one. Answers with the name of the hash.
   */
  private static final Script POPULATE =
      new Script(
          """
          local held = redis.call('HMGET', KEYS[1], 'run', 'name', 'base')
          if held[1] ~= ARGV[1] then
            redis.call('DEL', KEYS[1])
            redis.call('HSET', KEYS[1], 'run', ARGV[1], 'name', ARGV[2])
            redis.call('PEXPIRE', KEYS[1], ARGV[5])
            return {tonumber(ARGV[2])}
          end
          if not held[3] and held[2] == ARGV[4] then
            redis.call('HSET', KEYS[1], 'base', ARGV[3])
          end
          return {tonumber(held[2])}
          """);

  /** Lua's numbers are exact so far. */
  private static final long NAMES_MAX = 1L << 53;

  private final @Nullable Redis redis;
  private final BooleanSupplier current;

  /** What the last population was answered; null before the first and without Redis. */
  private @Nullable Reply<List<Long>> populated;

  /**
   * @param redis null for one who writes without it: then every mark gets lost
   * @param current whether every change so far is known to have reached Redis
   */
  Floors(@Nullable Redis redis, BooleanSupplier current) {
    this.redis = redis;
    this.current = current;
  }

  /** The floor; {@link #PRIMARY_ONLY} when no replica may answer. */
  long of(Subject subject) {
    if (redis == null || !current.getAsBoolean()) {
      return PRIMARY_ONLY;
    }
    try (var _ = Timings.phase(Phase.CACHE)) {
      return floor(redis.fields(KEY, "run", "base", field(subject)).await());
    } catch (UnavailableException e) {
      return PRIMARY_ONLY;
    }
  }

  private long floor(List<byte @Nullable []> fields) {
    String run = text(fields.get(0));
    String base = text(fields.get(1));
    String own = text(fields.get(2));
    if (redis == null || !redis.runId().equals(run) || base == null) {
      return PRIMARY_ONLY;
    }
    String last = own == null ? base : own;
    return last.startsWith("w")
        ? PRIMARY_ONLY
        : Math.max(Long.parseLong(base), Long.parseLong(last));
  }

  private static @Nullable String text(byte @Nullable [] value) {
    return value == null ? null : new String(value, US_ASCII);
  }

  /** Marks the subject's floor as about to change. */
  Mark mark(Subject subject) {
    byte[] field = bytes(field(subject));
    byte[] token = bytes("w" + Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    return new Mark(
        List.of(KEY),
        run(MARK, field, token),
        position -> run(SETTLE, field, token, argument(position)),
        () -> {
          var _ = run(SETTLE, field, token, argument(0));
        });
  }

  /**
   * Begins the hash, or gives it its base, where it lacks either.
   *
   * @param position of the primary, read after the last call of this method; from one thread
   */
  void populate(long position) {
    byte[] name = argument(ThreadLocalRandom.current().nextLong(1, NAMES_MAX));
    byte[] stood = argument(lastName());
    populated = run(POPULATE, name, argument(position), stood, argument(LIFE.toMillis()));
  }

  /** 0 when it is not known. */
  private long lastName() {
    Reply<List<Long>> reply = populated;
    try {
      return reply == null || !reply.isDone() ? 0 : reply.await().getFirst();
    } catch (UnavailableException e) {
      return 0;
    }
  }

  private Reply<List<Long>> run(Script script, byte[]... arguments) {
    if (redis == null) {
      return Reply.failed(new UnavailableException("this program has no Redis"));
    }
    byte[][] all = new byte[arguments.length + 1][];
    all[0] = bytes(redis.runId());
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return redis.run(script, List.of(KEY), all);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  /** By the name's hash, which is the same on every JDK. */
  private static String field(Subject subject) {
    return Integer.toString((subject.name().hashCode() * 0x9E37_79B9) >>> (32 - FIELD_BITS));
  }
}
