package bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.sql.DataSource;

/** The ids of valid keys, remembered for a short time. */
@ApplicationScoped
class ApiKeys {
  private static final Duration REMEMBERED = Duration.ofSeconds(5);
  private static final int REMEMBERED_MAX = 10_000;

  private final DataSource database;
  private final Cache<String, Long> ids =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(REMEMBERED_MAX).build();

  ApiKeys(DataSource database) {
    this.database = database;
  }

  /** The id of a key, if it is valid. One caller asks the database, others wait for it. */
  Optional<Long> find(String key) {
    return Optional.ofNullable(ids.get(hash(key), this::select));
  }

  private Long select(String hash) {
    try (var connection = database.getConnection();
        var select =
            connection.prepareStatement(
                "SELECT id FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL")) {
      select.setString(1, hash);
      try (var rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : null;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hash(String key) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
