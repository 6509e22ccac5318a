package ladder.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import ladder.db.Database;
import ladder.db.Subject;
import ladder.failure.UnavailableException;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Makes, finds and revokes keys. A key is 160 random bits; only its SHA-256 is stored, which is
 * enough for a secret that can't be guessed, and a key in a stolen table is of no use.
 *
 * <p>What was found is believed for seconds, so that a busy client costs one query in that time; a
 * revoked key stops working after it, and after the replica's lag, at the latest. While the
 * database is away a key that was good goes on being good for a bounded time: refusing everybody
 * would turn its outage into ours. Thread-safe.
 */
public final class ApiKeys {
  /** What every key begins with, so that a leaked one is found by a scan. */
  public static final String PREFIX = "lk_";

  private static final int RANDOM_BYTES = 20;
  private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{40}");

  /** About 3 MB; a flood of wrong keys of the right form only empties it. */
  private static final int REMEMBERED_MAX = 10_000;

  private static final Duration GRACE_WHILE_AWAY = Duration.ofMinutes(10);

  /** A new key, in the only moment in which it can be seen. */
  public record Created(ApiKey key, String secret) {}

  private record Known(@Nullable ApiKey key, long sinceNanos) {}

  private final Database database;
  private final ApiKeyStore store;
  private final long believedNanos;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentHashMap<String, Known> known = new ConcurrentHashMap<>();

  /**
   * @param believed how long a look-up is not repeated
   */
  public ApiKeys(Database database, ApiKeyStore store, Duration believed, Clock clock) {
    this.database = database;
    this.store = store;
    this.believedNanos = believed.toNanos();
    this.clock = clock;
  }

  /**
   * @param perMinute null for the limit that the service sets for all
   */
  public Created create(String name, @Nullable Integer perMinute) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String secret = PREFIX + HexFormat.of().formatHex(bytes);
    String hash = hash(secret);
    ApiKey key = database.write(tx -> store.insert(tx, name, hash, perMinute));
    return new Created(key, secret);
  }

  public List<ApiKey> list() {
    return database.readPrimary(store::list);
  }

  /** False when there is no such key. */
  public boolean revoke(long id) {
    boolean found = database.write(tx -> store.revoke(tx, id));
    // Not forgotten but known to be bad: the replica may still say otherwise for a moment.
    Known revoked = new Known(null, clock.nanos());
    known.replaceAll((_, k) -> k.key() != null && k.key().id() == id ? revoked : k);
    return found;
  }

  /**
   * Empty when the secret is no key that works.
   *
   * @throws UnavailableException when nobody can tell
   */
  public Optional<ApiKey> find(String secret) {
    if (!FORM.matcher(secret).matches()) {
      return Optional.empty();
    }
    String hash = hash(secret);
    long now = clock.nanos();
    Known before = known.get(hash);
    if (before != null && now - before.sinceNanos() < believedNanos) {
      return Optional.ofNullable(before.key());
    }
    try {
      ApiKey key = lookedUp(hash);
      remember(hash, before, new Known(key, now));
      return Optional.ofNullable(key);
    } catch (UnavailableException e) {
      if (before != null
          && before.key() != null
          && now - before.sinceNanos() < GRACE_WHILE_AWAY.toNanos()) {
        return Optional.of(before.key());
      }
      throw e;
    }
  }

  private @Nullable ApiKey lookedUp(String hash) {
    return database
        .find(new Subject.Key(hash), tx -> store.findByHash(tx, hash))
        .filter(h -> MessageDigest.isEqual(h.hash().getBytes(US_ASCII), hash.getBytes(US_ASCII)))
        .map(ApiKeyStore.Hashed::key)
        .orElse(null);
  }

  /** Unless somebody else was faster: what they remember may be a revocation. */
  private void remember(String hash, @Nullable Known before, Known found) {
    if (known.size() >= REMEMBERED_MAX) {
      known.clear();
    }
    known.compute(hash, (_, held) -> held == null || held.equals(before) ? found : held);
  }

  private static String hash(String secret) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
