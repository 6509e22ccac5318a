package ladder.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where mail goes: {@code smtp://user:pass@host:587?starttls=true} or {@code smtps://host:465}.
 *
 * @param tls from the first byte on (smtps)
 * @param startTls required before anything else is said
 */
public record SmtpUrl(
    String host,
    int port,
    boolean tls,
    boolean startTls,
    @Nullable String user,
    @Nullable String password) {
  private static final int PORT_MAX = 65_535;
  private static final String EXAMPLE =
      "write smtp://user:password@host:587?starttls=true or smtps://user:password@host:465";

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException with a sentence that names the fix and not the password
   */
  public static SmtpUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw wrong("it is not a URL; percent-encode special characters in user and password");
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("smtps");
    require(tls || scheme.equals("smtp"), "its scheme must be smtp or smtps");
    require(uri.getRawAuthority() != null, "the host is missing");
    String path = String.valueOf(uri.getRawPath());
    require(path.isEmpty() || path.equals("/"), "there must be no path after the host");
    String host = uri.getHost();
    if (host == null) {
      throw wrong("the host or the port is malformed");
    }
    String query = Objects.requireNonNullElse(uri.getRawQuery(), "starttls=false");
    boolean startTls = query.equals("starttls=true");
    require(
        startTls || query.equals("starttls=false"),
        "after the ? only starttls=true or starttls=false may stand");
    require(
        !(tls && startTls), "smtps is encrypted from the start: leave starttls out or use smtp");
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 465 : startTls ? 587 : 25;
    require(port > 0 && port <= PORT_MAX, "the port must be between 1 and " + PORT_MAX);
    host = host.replaceAll("[\\[\\]]", "");
    String userInfo = uri.getRawUserInfo();
    if (userInfo == null) {
      return new SmtpUrl(host, port, tls, startTls, null, null);
    }
    int colon = userInfo.indexOf(':');
    require(colon > 0, "a user needs a password: user:password@host");
    String user = decode(userInfo.substring(0, colon));
    return new SmtpUrl(host, port, tls, startTls, user, decode(userInfo.substring(colon + 1)));
  }

  /** A plus sign stays one: this is user info, not a form. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static void require(boolean right, String otherwise) {
    if (!right) {
      throw wrong(otherwise);
    }
  }

  private static IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException("is wrong: " + why + "; " + EXAMPLE);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return (tls ? "smtps://" : "smtp://") + host + ":" + port + (startTls ? "?starttls=true" : "");
  }
}
