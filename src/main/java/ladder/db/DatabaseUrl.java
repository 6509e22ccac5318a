package ladder.db;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL is, from {@code postgres://user:pass@host:port/db?…} (libpq's form) or from a
 * {@code jdbc:postgresql:} URL. Several hosts may be given, separated by commas. The password is
 * kept apart from the URL so that no log can show it.
 */
public record DatabaseUrl(
    String jdbcUrl, @Nullable String user, @Nullable String password, boolean severalHosts) {
  private static final Pattern LIBPQ =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<pass>[^@/?]*))?@)?"
              + "(?<hosts>[^/?@]+)/(?<db>[^/?]+)(?:\\?(?<query>.*))?");
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
  private static final String JDBC = "jdbc:postgresql:";

  /**
   * @throws IllegalArgumentException with a sentence that says what the URL must look like
   */
  public static DatabaseUrl parse(String url) {
    if (url.startsWith(JDBC)) {
      return new DatabaseUrl(url, null, null, url.replaceFirst("[/?]?\\?.*", "").contains(","));
    }
    Matcher m = LIBPQ.matcher(url);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "must look like postgres://user:password@host:5432/database or jdbc:postgresql://…");
    }
    String hosts = m.group("hosts");
    for (String host : hosts.split(",", -1)) {
      if (!HOST.matcher(host).matches()) {
        throw new IllegalArgumentException("has a bad host or port: " + host);
      }
    }
    String query = m.group("query") == null ? "" : "?" + m.group("query");
    return new DatabaseUrl(
        JDBC + "//" + hosts + "/" + m.group("db") + query,
        decoded(m.group("user")),
        decoded(m.group("pass")),
        hosts.contains(","));
  }

  private static @Nullable String decoded(@Nullable String text) {
    return text == null
        ? null
        : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return jdbcUrl.replaceFirst("\\?.*", "");
  }
}
