package ladder.channel;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where mail goes: {@code smtp://user:pass@host:587?starttls=true} or {@code smtps://host:465}.
 * Immutable.
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
  private static final int PORT_SMTP = 25;
  private static final int PORT_SUBMISSION = 587;
  private static final int PORT_SMTPS = 465;
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
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("smtps");
    if (!tls && !scheme.equals("smtp")) {
      throw wrong("its scheme must be smtp or smtps");
    }
    String authority = uri.getRawAuthority();
    if (authority == null || authority.isEmpty()) {
      throw wrong("the host is missing");
    }
    if (uri.getRawPath() != null && !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")) {
      throw wrong("there must be no path after the host");
    }
    String host = uri.getHost();
    if (host == null) {
      throw wrong("the host or the port is malformed");
    }
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    boolean startTls = startTls(uri.getRawQuery(), tls);
    int port = uri.getPort();
    if (port == 0 || port > PORT_MAX) {
      throw wrong("the port must be between 1 and " + PORT_MAX);
    }
    if (port < 0) {
      port = tls ? PORT_SMTPS : startTls ? PORT_SUBMISSION : PORT_SMTP;
    }
    String userInfo = uri.getRawUserInfo();
    if (userInfo == null || userInfo.isEmpty()) {
      return new SmtpUrl(host, port, tls, startTls, null, null);
    }
    int colon = userInfo.indexOf(':');
    if (colon <= 0) {
      throw wrong("a user needs a password: user:password@host");
    }
    return new SmtpUrl(
        host,
        port,
        tls,
        startTls,
        decode(userInfo.substring(0, colon)),
        decode(userInfo.substring(colon + 1)));
  }

  private static boolean startTls(@Nullable String query, boolean tls) {
    if (query == null || query.isEmpty()) {
      return false;
    }
    return switch (query) {
      case "starttls=true" -> {
        if (tls) {
          throw wrong("smtps is encrypted from the start: leave starttls out or use smtp");
        }
        yield true;
      }
      case "starttls=false" -> false;
      default -> throw wrong("after the ? only starttls=true or starttls=false may stand");
    };
  }

  /** A plus sign stays one: this is user info, not a form. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException("the SMTP URL is wrong: " + why + "; " + EXAMPLE);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return (tls ? "smtps://" : "smtp://") + host + ":" + port + (startTls ? "?starttls=true" : "");
  }
}
