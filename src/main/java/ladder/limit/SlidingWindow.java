package ladder.limit;

import static java.time.temporal.ChronoUnit.MICROS;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import ladder.failure.UnavailableException;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.measure.Timings.Span;
import ladder.redis.Redis;
import ladder.redis.Redis.Share;
import ladder.redis.Reply;
import ladder.redis.Script;
import ladder.time.Clock;

/**
 * The exact sliding window, in Redis. When Redis is away, {@link LocalWindow} decides, and takes
 * part for one window after Redis is back: what it allowed, Redis has not seen. Thread-safe.
 */
public final class SlidingWindow implements Limiter {
  /**
   * KEYS[1] the list of the times, in microseconds, of allowed requests, oldest first; ARGV the
   * limit, the window in microseconds, and how many requests ask at once. Answers for how many
   * there was room, of which those that ask take theirs, and after how many microseconds there will
   * be more.
   *
   * <p>The request that decides is the limit-th newest: while it is in the window, there is no
   * room. (After the limit was lowered the list can be longer than it; then this is also the one
   * whose leaving makes room.) Times that have left the window are found by halving, as the list is
   * in order, and trimmed at once: some twenty looks for the 100,000 that a quota may allow. Those
   * that ask at once are few enough for one push ({@link Redis#runForAll}).
   *
   * <p>Exact because Redis runs it alone, by one clock. Should that clock step back, now is taken
   * to be the newest time in the list: the list stays in order, and no window holds more than the
   * limit.
   */
  static final String SCRIPT =
      """
      local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
      local asking = tonumber(ARGV[3])
      local time = redis.call('TIME')
      local now = time[1] * 1000000 + time[2]
      local newest = tonumber(redis.call('LINDEX', key, -1) or 0)
      now = math.max(now, newest)
      local start = now - window
      local deciding = limit == 1 and newest or tonumber(redis.call('LINDEX', key, -limit) or 0)
      if deciding > start then
        return {0, deciding - start}
      end
      local oldest = tonumber(redis.call('LINDEX', key, 0) or now)
      if oldest <= start then
        local left, right = 0, redis.call('LLEN', key)
        while right - left > 1 do
          local middle = math.floor((left + right) / 2)
          if tonumber(redis.call('LINDEX', key, middle)) <= start then
            left = middle
          else
            right = middle
          end
        end
        redis.call('LTRIM', key, right, -1)
        oldest = tonumber(redis.call('LINDEX', key, 0) or now)
      end
      local stamp = string.format('%.0f', now)
      local room = limit - redis.call('RPUSH', key, stamp) + 1
      if math.min(asking, room) > 1 then
        local stamps = {}
        for i = 2, math.min(asking, room) do stamps[i - 1] = stamp end
        redis.call('RPUSH', key, unpack(stamps))
      end
      redis.call('PEXPIRE', key, math.ceil(window / 1000))
      return {room, oldest - start}
      """;

  private final Redis redis;
  private final Clock clock;
  private final LocalWindow local;
  private final Script script = new Script(SCRIPT);
  private final LongAdder allowed = new LongAdder();
  private final LongAdder denied = new LongAdder();
  private final LongAdder fallback = new LongAdder();

  /** Until when the local window takes part. */
  private final AtomicLong localUntilNanos;

  public SlidingWindow(Redis redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
    this.local = new LocalWindow(clock);
    this.localUntilNanos = new AtomicLong(clock.nanos());
  }

  @Override
  public Question ask(String client, Quota quota) {
    Span span = Timings.beside(Phase.LIMIT);
    Reply<Share> reply =
        redis.runForAll(
            script,
            "limit:" + client,
            List.of((long) quota.requests(), quota.window().toNanos() / 1_000));
    return () -> {
      try (span) {
        return Optional.of(decision(client, quota, reply));
      }
    };
  }

  @Override
  public Stats stats() {
    return new Stats(allowed.sum(), denied.sum(), fallback.sum());
  }

  private Decision decision(String client, Quota quota, Reply<Share> reply) {
    Decision shared;
    try {
      Share share = reply.await();
      int room = share.numbers().get(0).intValue() - share.place();
      shared =
          new Decision(
              room > 0, Math.max(0, room - 1), Duration.of(share.numbers().get(1), MICROS));
    } catch (UnavailableException e) {
      return alone(client, quota);
    }
    (shared.allowed() ? allowed : denied).increment();
    return shared.allowed() ? withLocal(client, quota, shared) : shared;
  }

  private Decision withLocal(String client, Quota quota, Decision shared) {
    if (clock.nanos() - localUntilNanos.get() >= 0) {
      local.record(client, quota);
      return shared;
    }
    Decision locally = local.decide(client, quota);
    return locally.remaining() < shared.remaining() || !locally.allowed() ? locally : shared;
  }

  private Decision alone(String client, Quota quota) {
    fallback.increment();
    long untilNanos = clock.nanos() + quota.window().toNanos();
    localUntilNanos.accumulateAndGet(untilNanos, (a, b) -> b - a > 0 ? b : a);
    return local.decide(client, quota);
  }
}
