package ladder.admin;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the hit ratio that other times to live would give, from a sample of the keys that are
 * asked for: for each of them it is known when each simulated cache last loaded it.
 *
 * <p>The sample is spatial (SHARDS: Waldspurger, Park, Garthwaite, Ahmad, FAST '15): a key belongs
 * to it when its hash is below a threshold, so that every access to a sampled key is seen. When
 * there are too many, the key with the highest hash leaves and that hash becomes the threshold, so
 * memory is bounded whatever the number of keys. A read counts for as many as it stands for, the
 * inverse of the sampled share. Not simulated: evictions, deletions, and what other nodes load.
 * Thread-safe.
 */
public final class TimesToLive {
  /** About 250 KB; the paper finds errors of a few percent with 2,000 keys. */
  static final int KEYS_MAX = 2_048;

  /** So many sampled reads at most count, the latest for most, so that the estimate follows. */
  private static final int READS_MAX = 32_768;

  private static final List<Duration> SIMULATED =
      Stream.of(1, 10, 60, 300, 1_800, 21_600).map(Duration::ofSeconds).toList();

  /** The share of reads, from 0 to 1, that a cache with this time to live would answer. */
  public record Estimate(Duration timeToLive, double hitRatio) {}

  private final Clock clock;

  /** When a sampled key, by its hash, was last loaded or written in each simulated cache. */
  private final TreeMap<Integer, long[]> loadedNanos = new TreeMap<>();

  private final double[] hits = new double[SIMULATED.size()];
  private double reads;
  private volatile int threshold = Integer.MAX_VALUE;

  public TimesToLive(Clock clock) {
    this.clock = clock;
  }

  /** A read, which loads the key where it is not held. */
  void read(String key) {
    access(hash(key), true);
  }

  /** A write, which holds the new value from now on. */
  void written(String key) {
    access(hash(key), false);
  }

  /** One for each simulated time to live, the shortest first; none before the first read. */
  public synchronized List<Estimate> estimates() {
    return reads == 0
        ? List.of()
        : IntStream.range(0, hits.length)
            .mapToObj(i -> new Estimate(SIMULATED.get(i), hits[i] / reads))
            .toList();
  }

  /** How many keys are in the sample. */
  synchronized int size() {
    return loadedNanos.size();
  }

  private void access(int hash, boolean isRead) {
    if (hash < threshold) { // most are not, and take no lock
      sampled(hash, isRead);
    }
  }

  private synchronized void sampled(int hash, boolean isRead) {
    long[] loaded = loadedNanos.get(hash);
    if (isRead) {
      count(loaded, (double) Integer.MAX_VALUE / threshold);
    }
    if (loaded == null || !isRead) {
      hold(hash);
    }
  }

  private void count(long @Nullable [] loaded, double weight) {
    long now = clock.nanos();
    reads += weight;
    for (int i = 0; loaded != null && i < hits.length; i++) {
      if (now - loaded[i] < SIMULATED.get(i).toNanos()) {
        hits[i] += weight;
      } else {
        loaded[i] = now;
      }
    }
    if (reads > READS_MAX * weight) {
      reads /= 2;
      Arrays.setAll(hits, i -> hits[i] / 2);
    }
  }

  private void hold(int hash) {
    long[] loaded = new long[hits.length];
    Arrays.fill(loaded, clock.nanos());
    loadedNanos.put(hash, loaded);
    if (loadedNanos.size() > KEYS_MAX) {
      threshold = loadedNanos.pollLastEntry().getKey();
    }
  }

  /** The finalizer of MurmurHash3, without the sign: neighbouring ids must not stay neighbours. */
  private static int hash(String key) {
    int h = key.hashCode();
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return (h ^ (h >>> 16)) & Integer.MAX_VALUE;
  }
}
