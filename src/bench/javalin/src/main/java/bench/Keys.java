package bench;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import io.javalin.http.UnauthorizedResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import javax.sql.DataSource;

/** Lets only those pass who have a valid key, which is remembered for a while. Thread-safe. */
final class Keys implements Handler {
  private static final String BEARER = "Bearer ";
  private static final String KEY = "key";
  private static final Set<String> OPEN = Set.of("/health/live", "/metrics");
  private static final Duration REMEMBERED = Duration.ofSeconds(5);
  private static final int REMEMBERED_MAX = 100_000;

  private static final String FIND =
      "SELECT id FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL";

  private final DataSource database;
  private final LoadingCache<String, Long> remembered =
      Caffeine.newBuilder()
          .expireAfterWrite(REMEMBERED)
          .maximumSize(REMEMBERED_MAX)
          .build(this::find);

  Keys(DataSource database) {
    this.database = database;
  }

  /** The id of the key that the request came with, null where none is asked for. */
  static Long of(Context ctx) {
    return ctx.attribute(KEY);
  }

  @Override
  public void handle(Context ctx) {
    if (OPEN.contains(ctx.path())) {
      return;
    }
    String authorization = ctx.header(Header.AUTHORIZATION);
    Long id =
        authorization != null && authorization.startsWith(BEARER)
            ? remembered.get(authorization.substring(BEARER.length()))
            : null;
    if (id == null) {
      ctx.header(Header.WWW_AUTHENTICATE, "Bearer");
      throw new UnauthorizedResponse("a valid API key is needed");
    }
    ctx.attribute(KEY, id);
  }

  private Long find(String key) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, sha256(key));
      try (ResultSet found = statement.executeQuery()) {
        return found.next() ? found.getLong(1) : null;
      }
    }
  }

  private static String sha256(String key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
