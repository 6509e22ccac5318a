package ladder.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final Pattern FORM =
      Pattern.compile(
          "(?i:smtp(?<tls>s?))://"
              + "((?<user>([^:@/?#%\\s]|%[0-9A-Fa-f]{2})+)"
              + "(:(?<password>([^@/?#%\\s]|%[0-9A-Fa-f]{2})*))@)?"
              + "(?<host>[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:(?<port>[1-9][0-9]{0,4}))?/?"
              + "([?]starttls=(?<startTls>true|false))?");

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException with a sentence that says what the URL must look like, and
   *     shows nothing of it: any part of a mistyped one may be the password
   */
  public static SmtpUrl parse(String text) {
    Matcher url = FORM.matcher(text.strip());
    boolean matches = url.matches();
    boolean tls = matches && !url.group("tls").isEmpty();
    boolean startTls = matches && "true".equals(url.group("startTls"));
    int usualPort = tls ? 465 : startTls ? 587 : 25;
    int port =
        matches && url.group("port") != null ? Integer.parseInt(url.group("port")) : usualPort;
    if (!matches || port > PORT_MAX || (tls && startTls)) {
      throw new IllegalArgumentException(
          "must look like smtp://user:password@host:587?starttls=true or, encrypted from the start,"
              + " smtps://user:password@host:465 (with special characters in user and password"
              + " percent-encoded)");
    }
    String host = url.group("host").replaceAll("[\\[\\]]", "");
    return new SmtpUrl(
        host, port, tls, startTls, decode(url.group("user")), decode(url.group("password")));
  }

  /** A plus sign stays one: this is user info, not a form. */
  private static @Nullable String decode(@Nullable String text) {
    return text == null ? null : URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return (tls ? "smtps://" : "smtp://") + host + ":" + port + (startTls ? "?starttls=true" : "");
  }
}
