package ladder.admin;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import ladder.measure.Answered;
import org.jspecify.annotations.Nullable;

/**
 * Which key asks most, from a sample of the latest requests: each request replaces a place of the
 * table that the last bits of its duration choose, so counting costs one store and no lock.
 * Thread-safe.
 */
final class Callers {
  /** A share of a half is then known to within a tenth. */
  private static final int PLACES = 256;

  /** Durations are not finer than this on some systems. */
  private static final int CLOCK_BITS = 4;

  private final AtomicReferenceArray<@Nullable String> latest = new AtomicReferenceArray<>(PLACES);

  /**
   * @param name of the key that asked most; empty when nobody did
   * @param share of all requests, 0 to 1
   */
  record Top(String name, double share) {}

  void add(Answered answered) {
    if (answered.caller() != null) {
      latest.lazySet((int) (answered.nanos() >>> CLOCK_BITS) & (PLACES - 1), answered.caller());
    }
  }

  Top top() {
    Map<String, Integer> counts = new HashMap<>();
    int all = 0;
    for (int i = 0; i < PLACES; i++) {
      String caller = latest.get(i);
      if (caller != null) {
        counts.merge(caller, 1, Integer::sum);
        all++;
      }
    }
    int total = all;
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(most -> new Top(most.getKey(), (double) most.getValue() / total))
        .orElse(new Top("", 0));
  }
}
