package ladder.limit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The same sliding window in this node's memory, for the time that Redis is away. It is also told
 * of what Redis allowed on this node, so that an outage does not begin with an empty window.
 * Bounded by the number of keys; the one that asked longest ago is forgotten first. Thread-safe.
 */
final class LocalWindow {
  /** At 100 requests a key, about 20 MB when all are full. */
  private static final int KEYS_MAX = 10_000;

  private final LongSupplier nanoClock;
  private final Map<String, ArrayDeque<Long>> allowedNanos =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ArrayDeque<Long>> eldest) {
          return size() > KEYS_MAX;
        }
      };

  LocalWindow(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Notes a request that Redis allowed. */
  synchronized void record(String key, Quota quota) {
    long now = nanoClock.getAsLong();
    ArrayDeque<Long> times = live(key, quota, now);
    // Redis counts what all nodes allowed, so at most the quota; its clock may differ by a moment.
    if (times.size() >= quota.requests()) {
      times.removeFirst();
    }
    times.addLast(now);
  }

  synchronized Decision decide(String key, Quota quota) {
    long now = nanoClock.getAsLong();
    ArrayDeque<Long> times = live(key, quota, now);
    int count = times.size();
    boolean allowed = count < quota.requests();
    if (allowed) {
      times.addLast(now);
      count++;
    }
    long oldest = times.isEmpty() ? now : times.getFirst();
    return new Decision(
        allowed,
        Math.max(0, quota.requests() - count),
        Duration.ofNanos(oldest + quota.window().toNanos() - now));
  }

  private ArrayDeque<Long> live(String key, Quota quota, long now) {
    ArrayDeque<Long> times = allowedNanos.computeIfAbsent(key, _ -> new ArrayDeque<>());
    long windowNanos = quota.window().toNanos();
    while (!times.isEmpty() && now - times.getFirst() >= windowNanos) {
      times.removeFirst();
    }
    return times;
  }
}
