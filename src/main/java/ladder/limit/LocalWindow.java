package ladder.limit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import ladder.time.Clock;

/**
 * The same sliding window in this node's memory, for the time that Redis is away. It also records
 * what Redis allowed on this node, so that an outage does not begin with an empty window. The key
 * that asked longest ago is forgotten first. Thread-safe.
 */
final class LocalWindow {
  static final int KEYS_MAX = 10_000;

  /** About 25 MB: 100 for each of the keys. */
  static final int TIMES_MAX = 1_000_000;

  private final Clock clock;
  private final Map<String, ArrayDeque<Long>> allowedNanos = new LinkedHashMap<>(16, 0.75f, true);
  private int times;

  LocalWindow(Clock clock) {
    this.clock = clock;
  }

  /** Records a request that Redis allowed. */
  synchronized void record(String key, Quota quota) {
    long now = clock.nanos();
    ArrayDeque<Long> allowed = live(key, quota, now);
    // Redis counts what all nodes allowed, so at most the quota; its clock may differ by a moment.
    if (allowed.size() >= quota.requests()) {
      allowed.removeFirst();
      times--;
    }
    add(allowed, now);
  }

  synchronized Decision decide(String key, Quota quota) {
    long now = clock.nanos();
    ArrayDeque<Long> allowed = live(key, quota, now);
    int left = quota.requests() - allowed.size();
    if (left > 0) {
      add(allowed, now);
    }
    // Over a limit that was lowered, more than one must leave to make room.
    Iterator<Long> leaving = allowed.iterator();
    for (int i = left; i < 0; i++) {
      leaving.next();
    }
    return new Decision(
        left > 0,
        Math.max(0, left - 1),
        Duration.ofNanos(leaving.next() + quota.window().toNanos() - now));
  }

  private ArrayDeque<Long> live(String key, Quota quota, long now) {
    ArrayDeque<Long> allowed = allowedNanos.computeIfAbsent(key, _ -> new ArrayDeque<>());
    long windowNanos = quota.window().toNanos();
    while (!allowed.isEmpty() && now - allowed.getFirst() >= windowNanos) {
      allowed.removeFirst();
      times--;
    }
    return allowed;
  }

  private void add(ArrayDeque<Long> allowed, long now) {
    allowed.addLast(now);
    times++;
    Iterator<ArrayDeque<Long>> eldest = allowedNanos.values().iterator();
    while (times > TIMES_MAX || allowedNanos.size() > KEYS_MAX) {
      times -= eldest.next().size();
      eldest.remove();
    }
  }
}
