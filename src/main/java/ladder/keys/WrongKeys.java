package ladder.keys;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import ladder.failure.UnavailableException;
import ladder.keys.ApiKeys.Check;
import ladder.time.Clock;

/**
 * Limits the keys that a client address may guess: a token bucket for each, of which every wrong
 * key takes a token. An empty one refuses unknown keys without a look-up, the good ones among them,
 * until a token is back: whether a key is good can't be known without the query that it must not
 * cost. Behind a proxy that {@code LADDER_TRUSTED_PROXIES} does not name, all clients have the
 * proxy's address and share its bucket. Thread-safe.
 */
final class WrongKeys {
  /** Enough for whoever mistypes a key, far too few to guess one of 2^160. */
  static final int BURST = 20;

  /** For one token to come back: 20 wrong keys a minute, once the burst is spent. */
  static final Duration REFILL = Duration.ofSeconds(3);

  /** About 2 MB; when there are more, the one unused for longest starts afresh. */
  static final int ADDRESSES_MAX = 10_000;

  /**
   * Look-ups of an address at a time: more than one, because many clients with good keys may share
   * it; few, because all of them may be wrong when only one token is left.
   */
  static final int LOOK_UPS_MAX = 4;

  private static final Duration TURN_MAX = Duration.ofSeconds(1);
  private static final int NETWORK_BYTES = 8;

  private final Clock clock;

  /** By network; guarded by itself. */
  private final Recent<Bucket> buckets = new Recent<>(ADDRESSES_MAX);

  private final class Bucket {
    final Semaphore turns = new Semaphore(LOOK_UPS_MAX, true);

    /** When the bucket is full again; the time until then is how many tokens are gone. */
    private long fullAtNanos = clock.nanos();

    synchronized Duration untilNextToken() {
      long gone = Math.max(0, fullAtNanos - clock.nanos());
      return Duration.ofNanos(gone - (BURST - 1) * REFILL.toNanos());
    }

    synchronized void take() {
      long now = clock.nanos();
      fullAtNanos = now + Math.max(0, fullAtNanos - now) + REFILL.toNanos();
    }
  }

  WrongKeys(Clock clock) {
    this.clock = clock;
  }

  /**
   * Looks a key up unless its client has tried too many wrong ones.
   *
   * @throws UnavailableException when the client's other look-ups take too long
   */
  Check limited(String clientAddress, Supplier<Optional<ApiKey>> lookUp) {
    Bucket bucket;
    synchronized (buckets) {
      bucket = buckets.computeIfAbsent(network(clientAddress), _ -> new Bucket());
    }
    acquireTurn(bucket);
    try {
      Duration wait = bucket.untilNextToken();
      if (wait.isPositive()) {
        return new Check.TooMany(wait);
      }
      Optional<ApiKey> key = lookUp.get();
      if (key.isEmpty()) {
        bucket.take();
      }
      return Check.of(key);
    } finally {
      bucket.turns.release();
    }
  }

  private static void acquireTurn(Bucket bucket) {
    try {
      if (bucket.turns.tryAcquire(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new UnavailableException("too many keys wait to be looked up");
  }

  /** An IPv4 address, or the /64 of an IPv6 address: whoever has one of these has all of it. */
  static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    byte[] bytes = InetAddress.ofLiteral(address.replaceFirst("%.*", "")).getAddress();
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, NETWORK_BYTES));
  }
}
