package ladder.db;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * Where a PostgreSQL is, from {@code postgres://user:pass@host:port/db?…} (libpq's form) or from a
 * {@code jdbc:postgresql:} URL. Several hosts may be given, separated by commas. The password is
 * kept apart from the URL so that no log can show it.
 *
 * @param login the driver's properties {@code user} and {@code password}, if they are given apart
 */
public record DatabaseUrl(String jdbcUrl, Map<String, String> login, List<String> hosts) {
  private static final Pattern LIBPQ =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/?]*)(?::(?<pass>[^@/?]*))?@)?"
              + "(?<hosts>[^/?@]+)/(?<db>[^/?@]+)(?:\\?(?<query>.*))?");
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(?<port>[0-9]{1,5}))?");
  private static final Pattern JDBC_HOSTS =
      Pattern.compile("jdbc:postgresql://(?<hosts>[^/?]*)(?:[/?].*)?");
  private static final String JDBC = "jdbc:postgresql:";

  /**
   * @throws IllegalArgumentException with a sentence that says what the URL must look like, and
   *     shows nothing of it: any part of a mistyped one may be the password
   */
  public static DatabaseUrl parse(String url) {
    if (url.startsWith(JDBC)) {
      Matcher m = JDBC_HOSTS.matcher(url);
      String hosts = m.matches() ? m.group("hosts") : "";
      if (hosts.contains("@")) {
        throw new IllegalArgumentException(
            "must give user and password as ?user=…&password=… after jdbc:postgresql://host/db");
      }
      return new DatabaseUrl(url, Map.of(), List.of(hosts.split(",", -1)));
    }
    Matcher m = LIBPQ.matcher(url);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "must look like postgres://user:password@host:5432/database or jdbc:postgresql://…"
              + " (with :, /, ? and @ in a password percent-encoded)");
    }
    String hosts = m.group("hosts");
    for (String host : hosts.split(",", -1)) {
      checkHost(host);
    }
    String query = m.group("query") == null ? "" : "?" + m.group("query");
    Map<String, String> login = new HashMap<>();
    putDecoded(login, PGProperty.USER, m.group("user"));
    putDecoded(login, PGProperty.PASSWORD, m.group("pass"));
    String jdbcUrl = JDBC + "//" + hosts + "/" + m.group("db") + query;
    return new DatabaseUrl(jdbcUrl, Map.copyOf(login), List.of(hosts.split(",", -1)));
  }

  /** The URL of each host alone. */
  public List<DatabaseUrl> each() {
    String all = "//" + String.join(",", hosts);
    return hosts.stream()
        .map(host -> new DatabaseUrl(jdbcUrl.replace(all, "//" + host), login, List.of(host)))
        .toList();
  }

  private static void checkHost(String host) {
    Matcher m = HOST.matcher(host);
    if (!m.matches() || (m.group("port") != null && Integer.parseInt(m.group("port")) > 65_535)) {
      throw new IllegalArgumentException(
          "must name hosts as host, host:port or [address]:port, separated by commas");
    }
  }

  private static void putDecoded(
      Map<String, String> login, PGProperty property, @Nullable String text) {
    try {
      if (text != null) {
        login.put(
            property.getName(),
            URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has a % in its user or password: write it as %25", e);
    }
  }

  @Override
  public String toString() {
    return jdbcUrl.replaceFirst("\\?.*", "");
  }
}
