package ladder.keys;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import ladder.failure.UnavailableException;
import ladder.time.Backoff;
import ladder.time.Clock;
import ladder.time.Outage;
import ladder.time.SingleFlight;
import org.jspecify.annotations.Nullable;

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

  private final Function<String, Optional<ApiKey>> lookUp;
  private final Duration trust;
  private final Clock clock;
  private final Outage outage;

  private final AtomicLong revocations = new AtomicLong();

  private final SingleFlight<@Nullable ApiKey> lookUps =
      new SingleFlight<>("the look-up of the key", SHARED_WAIT_MAX);

  // The rest is guarded by this.
  private final Recent<Answer> good = new Recent<>(GOOD_MAX);
  private final Recent<Answer> misses = new Recent<>(MISSES_MAX);

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
      return Optional.ofNullable(lookUps.join(hash, () -> query(hash)));
    } catch (UnavailableException e) {
      return Optional.of(inGrace.orElseThrow(() -> e));
    }
  }

  private void probe(String hash) {
    try {
      ApiKey _ = lookUps.join(hash, () -> query(hash));
    } catch (UnavailableException e) {
      // It has been recorded.
    }
  }

  /** From now on the key is known not to work, whatever a look-up under way finds. */
  synchronized void revoked(String hash) {
    long revocation = revocations.incrementAndGet();
    lookUps.forget(hash);
    remember(hash, new Answer(null, clock.nanos()), revocation);
  }

  private @Nullable ApiKey query(String hash) {
    // Another look-up may have ended since this one was found to be needed.
    Answer known = known(hash);
    if (known != null && isTrusted(known)) {
      return known.key();
    }
    long revocationsBefore = revocations.get();
    // The answer is as old as the query may be.
    long atNanos = clock.nanos();
    try {
      ApiKey key = lookUp.apply(hash).orElse(null);
      outage.succeeded();
      remember(hash, new Answer(key, atNanos), revocationsBefore);
      return key;
    } catch (UnavailableException e) {
      outage.failed(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Unless a key was revoked meanwhile: then the look-up may have come too early to see it. */
  private synchronized void remember(String hash, Answer answer, long revocationsBefore) {
    if (revocations.get() == revocationsBefore) {
      Object _ = (answer.key() == null ? good : misses).remove(hash);
      (answer.key() == null ? misses : good).put(hash, answer);
    }
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
