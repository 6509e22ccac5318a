package ladder.keys;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What look-ups found, remembered for a while: good keys and misses in tables of their own, so that
 * no flood of wrong keys displaces a good one. Requests that need the same key at the same time
 * share one look-up; when it fails it fails for them, not for those that come later.
 *
 * <p>While the database can't answer, a good key goes on being good for {@link #GRACE} after it was
 * last confirmed, because refusing everybody would turn its outage into ours. Nobody waits for
 * that: once the outage is known, such keys are answered at once, and one look-up after each
 * backoff, on a thread of its own, finds out whether it is over. Thread-safe.
 */
final class KnownKeys {
  private static final Logger log = LoggerFactory.getLogger(KnownKeys.class);

  /** About 3 MB; when there are more, the one unused for longest is looked up again. */
  static final int GOOD_MAX = 10_000;

  /** About 1 MB; a flood only makes the oldest miss cost a query again. */
  static final int MISSES_MAX = 10_000;

  /**
   * Long enough for a client that repeats a wrong key; a new key is random, so never among them.
   */
  static final Duration MISS_TRUST = Duration.ofSeconds(5);

  static final Duration GRACE = Duration.ofMinutes(10);

  /** How long a request waits for another's look-up, which may itself wait for two pools. */
  private static final Duration SHARED_WAIT_MAX = Duration.ofSeconds(3);

  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(5);

  /** What a look-up found, null for no key, and when. */
  private record Answer(@Nullable ApiKey key, long atNanos) {}

  /** Keeps the entries used last. */
  private static final class Recent extends LinkedHashMap<String, Answer> {
    private static final long serialVersionUID = 1L;
    private final int max;

    Recent(int max) {
      super(16, 0.75f, true);
      this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
      return size() > max;
    }
  }

  private final Function<String, Optional<ApiKey>> lookUp;
  private final Duration trust;
  private final Clock clock;
  private final Outage outage;

  // The rest is guarded by this.
  private final Recent good = new Recent(GOOD_MAX);
  private final Recent misses = new Recent(MISSES_MAX);
  private final Map<String, CompletableFuture<@Nullable ApiKey>> pending = new HashMap<>();

  /**
   * @param lookUp finds a working key by its hash in the database
   * @param trust how long a good key is not looked up again
   */
  KnownKeys(Function<String, Optional<ApiKey>> lookUp, Duration trust, Clock clock) {
    this.lookUp = lookUp;
    this.trust = trust;
    this.clock = clock;
    this.outage =
        new Outage(
            "the look-up of API keys",
            "known keys work on for %d minutes".formatted(GRACE.toMinutes()),
            1,
            new Backoff(RETRY_MIN, RETRY_MAX, RandomGenerator.getDefault()),
            clock);
  }

  /** Whether the key was good when it was last looked up. */
  synchronized boolean isKnown(String hash) {
    return good.containsKey(hash);
  }

  /**
   * The key with this hash, if there is one that works.
   *
   * @throws UnavailableException when the database can't answer and the key is not known
   */
  Optional<ApiKey> find(String hash) {
    Answer known = known(hash);
    if (known != null && isTrusted(known)) {
      return Optional.ofNullable(known.key());
    }
    Optional<ApiKey> inGrace =
        Optional.ofNullable(known).filter(k -> isYounger(k, GRACE)).map(Answer::key);
    if (inGrace.isPresent() && outage.active()) {
      if (outage.mayTry()) {
        Thread _ = Thread.ofVirtual().name("key-probe").start(() -> probe(hash));
      }
      return inGrace;
    }
    try {
      return Optional.ofNullable(lookedUp(hash));
    } catch (UnavailableException e) {
      if (inGrace.isPresent()) {
        return inGrace;
      }
      throw e;
    }
  }

  private void probe(String hash) {
    try {
      Object _ = lookedUp(hash);
    } catch (RuntimeException e) {
      log.debug("keys can't be looked up yet", e);
    }
  }

  /** From now on the key is known not to work, whatever a look-up under way finds. */
  synchronized void revoked(String hash) {
    CompletableFuture<?> _ = pending.remove(hash);
    Answer _ = good.remove(hash);
    misses.put(hash, new Answer(null, clock.nanos()));
  }

  private @Nullable ApiKey lookedUp(String hash) {
    CompletableFuture<@Nullable ApiKey> ours = new CompletableFuture<>();
    CompletableFuture<@Nullable ApiKey> others;
    synchronized (this) {
      Answer known = known(hash);
      if (known != null && isTrusted(known)) {
        return known.key();
      }
      others = pending.putIfAbsent(hash, ours);
    }
    if (others != null) {
      return shared(others);
    }
    try {
      ApiKey key = lookUp.apply(hash).orElse(null);
      outage.succeeded();
      remember(hash, ours, key);
      ours.complete(key);
      return key;
    } catch (RuntimeException | Error e) {
      if (e instanceof UnavailableException) {
        outage.failed(String.valueOf(e.getMessage()));
      }
      forget(hash, ours);
      ours.completeExceptionally(e);
      throw e;
    }
  }

  private static @Nullable ApiKey shared(CompletableFuture<@Nullable ApiKey> lookUp) {
    try {
      return lookUp.get(SHARED_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("a look-up failed", e);
    } catch (TimeoutException e) {
      throw new UnavailableException("the look-up of the key takes too long", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the node is about to stop", e);
    }
  }

  /** Unless the key was revoked meanwhile: then the look-up may have come too early to see it. */
  private synchronized void remember(
      String hash, CompletableFuture<@Nullable ApiKey> lookUp, @Nullable ApiKey key) {
    if (pending.remove(hash, lookUp)) {
      (key == null ? good : misses).remove(hash);
      (key == null ? misses : good).put(hash, new Answer(key, clock.nanos()));
    }
  }

  private synchronized void forget(String hash, CompletableFuture<@Nullable ApiKey> lookUp) {
    boolean _ = pending.remove(hash, lookUp);
  }

  private synchronized @Nullable Answer known(String hash) {
    Answer key = good.get(hash);
    return key == null ? misses.get(hash) : key;
  }

  private boolean isTrusted(Answer answer) {
    return isYounger(answer, answer.key() == null ? MISS_TRUST : trust);
  }

  private boolean isYounger(Answer answer, Duration max) {
    return clock.nanos() - answer.atNanos() < max.toNanos();
  }
}
