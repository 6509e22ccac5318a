package ladder.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import ladder.cache.Cache;
import ladder.cache.CacheAside;
import ladder.db.Database;
import ladder.db.Subject;
import ladder.digest.Sha256;
import ladder.failure.UnavailableException;
import ladder.json.Json;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Creates, finds and revokes keys. A key is 160 random bits; only its SHA-256 is stored, which is
 * enough for a secret that can't be guessed, and a key in a stolen table is of no use.
 *
 * <p>What was found is trusted for seconds ({@link KnownKeys}), so that a busy client costs one
 * query in that time, and shared by all nodes in a cache. A revoked key stops working at once on
 * the node that revoked it; elsewhere when that trust is over, or twice that when a program without
 * Redis revoked it; while no database answers, {@link KnownKeys#GRACE} after it was last confirmed.
 * Who tries many wrong keys is refused without a query ({@link WrongKeys}). Thread-safe.
 */
public final class ApiKeys {
  /** To be raised when {@link ApiKey} changes, for the cached keys of other versions. */
  private static final int SCHEMA = 1;

  /** What every key begins with, so that a leaked one is found by a scan. */
  public static final String PREFIX = "lk_";

  private static final int RANDOM_BYTES = 20;
  private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{40}");

  /** A new key, in the only moment in which it can be seen. */
  public record Created(ApiKey key, String secret) {}

  /** What came of a look-up. */
  public sealed interface Check {
    record Found(ApiKey key) implements Check {}

    /** There is no such key, or it is revoked. */
    record Unknown() implements Check {}

    /** The client has tried too many wrong keys; this one was not looked up. */
    record TooMany(Duration retryAfter) implements Check {}

    static Check of(Optional<ApiKey> key) {
      return key.<Check>map(Found::new).orElseGet(Unknown::new);
    }
  }

  private final Database database;
  private final Cache cache;
  private final ApiKeyStore store = new ApiKeyStore();
  private final KnownKeys known;
  private final WrongKeys wrong;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param cache shared by all nodes, for those that start while no database answers
   * @param trust how long a good key is not looked up again
   */
  public ApiKeys(Database database, Cache cache, Duration trust, Clock clock) {
    this.database = database;
    this.cache = cache;
    this.known = new KnownKeys(this::lookedUp, trust, clock);
    this.wrong = new WrongKeys(clock);
  }

  /**
   * How keys are cached: a node that starts while no database answers knows those that another has
   * found within {@link KnownKeys.GRACE}.
   *
   * @param trust how long a good key is not looked up again
   */
  public static CacheAside.Options cached(Duration trust) {
    return new CacheAside.Options(trust, SCHEMA, KnownKeys.GRACE, false);
  }

  /**
   * @param perMinute null for the limit that the service sets for all
   * @throws UnavailableException when the primary can't answer
   */
  public Created create(String name, @Nullable Integer perMinute) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String secret = PREFIX + HexFormat.of().formatHex(bytes);
    String hash = hash(secret);
    ApiKey key = database.write(tx -> store.insert(tx, name, perMinute, hash));
    return new Created(key, secret);
  }

  /**
   * Keys, newest first, the revoked ones among them.
   *
   * @param beforeId only keys older than this one; {@code Long.MAX_VALUE} for the newest
   * @throws UnavailableException when the primary can't answer
   */
  public List<ApiKey> list(int limit, long beforeId) {
    return database.readPrimary(tx -> store.list(tx, limit, beforeId));
  }

  /**
   * False when there is no such key; true again for one that was revoked before.
   *
   * @throws UnavailableException when the primary can't answer
   */
  public boolean revoke(long id) {
    Optional<String> hash =
        database.write(
            tx -> {
              Optional<String> revoked = store.revoke(tx, id);
              revoked.ifPresent(
                  h -> {
                    database.written(tx, new Subject.Key(h));
                    cache.change(cacheKey(h), null).ifPresent(tx::guard);
                  });
              return revoked;
            });
    hash.ifPresent(known::revoked);
    return hash.isPresent();
  }

  /**
   * Whose key a secret is. Every secret is hashed and compared by its hash alone, so that how much
   * of it is right takes no part in how long that takes.
   *
   * @param clientAddress who sent it; asked only for a key that is not known to be good
   * @throws UnavailableException when the database can't answer and the key is not known
   */
  public Check find(String secret, Supplier<String> clientAddress) {
    String hash = hash(secret);
    if (!FORM.matcher(secret).matches()) {
      return new Check.Unknown();
    }
    Optional<ApiKey> key = known.isKnown(hash) ? known.find(hash) : Optional.empty();
    return key.isPresent()
        ? new Check.Found(key.get())
        : wrong.limited(clientAddress.get(), () -> known.find(hash));
  }

  /**
   * Whether a secret is a key that works: for the operator's side, which may ask as often as it
   * likes.
   *
   * @throws UnavailableException when the database can't answer
   */
  public boolean works(String secret) {
    return known.find(hash(secret)).isPresent();
  }

  private Optional<ApiKey> lookedUp(String hash) {
    byte[] json =
        cache
            .lookUp(cacheKey(hash))
            .orLoad(
                () ->
                    database
                        .find(new Subject.Key(hash), tx -> store.findByHash(tx, hash))
                        .map(Json::write))
            .value();
    return Optional.ofNullable(json).map(ApiKeys::key);
  }

  /** A key that works, as it is cached. */
  private static ApiKey key(byte[] json) {
    JsonNode key = Json.read(json);
    JsonNode perMinute = key.get("perMinute");
    return new ApiKey(
        key.get("id").longValue(),
        key.get("name").textValue(),
        perMinute.isNull() ? null : (Integer) perMinute.intValue(),
        Instant.parse(key.get("createdAt").textValue()),
        null);
  }

  private static String cacheKey(String hash) {
    return "key:" + hash;
  }

  private static String hash(String secret) {
    return HexFormat.of().formatHex(Sha256.of(secret.getBytes(UTF_8)));
  }
}
