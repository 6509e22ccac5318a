package bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micronaut.core.annotation.Nullable;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** Which keys are valid; a valid one is remembered for five seconds. */
@Singleton
class ApiKeys {
  private static final String SCHEME = "Bearer ";

  private final Cache<String, Long> remembered =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofSeconds(5)).build();
  private final Database database;

  ApiKeys(Database database) {
    this.database = database;
  }

  /** The id of the valid key in an {@code Authorization} header. */
  Optional<Long> find(@Nullable String authorization) throws SQLException {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String hash = sha256(authorization.substring(SCHEME.length()));
    Long known = remembered.getIfPresent(hash);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Long> found = load(hash);
    found.ifPresent(id -> remembered.put(hash, id));
    return found;
  }

  private Optional<Long> load(String hash) throws SQLException {
    return database.query(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT id FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL")) {
            query.setString(1, hash);
            try (ResultSet row = query.executeQuery()) {
              return row.next() ? Optional.of(row.getLong("id")) : Optional.empty();
            }
          }
        });
  }

  private static String sha256(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
