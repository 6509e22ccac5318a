package bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which keys are valid; a valid one is remembered for five seconds. */
@Component
class ApiKeys {
  private static final String SCHEME = "Bearer ";

  private final Cache<String, Long> remembered =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofSeconds(5)).build();
  private final JdbcClient jdbc;

  ApiKeys(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The id of the valid key in an {@code Authorization} header. */
  Optional<Long> find(String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String hash = sha256(authorization.substring(SCHEME.length()));
    return Optional.ofNullable(remembered.get(hash, this::load));
  }

  private Long load(String hash) {
    return jdbc.sql("SELECT id FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL")
        .param(hash)
        .query(Long.class)
        .optional()
        .orElse(null);
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
