package ladder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.http.Route;
import ladder.http.Route.Handler;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the admin listener. Without a token it is whoever reaches it, which a web page in the
 * operator's browser can do, too: by a name of its own that resolves to our address (DNS
 * rebinding), or by a form or script that sends us a write. So then the {@code Host} must be one
 * that no page can have, and a write must not come from another site, token or not. With a token, a
 * browser signs in once on a form and other clients send it as bearer. Thread-safe.
 */
public final class Access {
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+]");

  private static final Set<String> READS = Set.of("GET", "HEAD");

  private final String host;
  private final @Nullable String token;
  private final Sessions sessions;
  private final Assets assets;

  /**
   * @param host the listener's own, as configured
   * @param token null: whoever reaches the listener may use it
   */
  public Access(String host, @Nullable String token, Clock clock) {
    this.host = host;
    this.token = token;
    this.assets = new Assets(token != null);
    this.sessions = new Sessions(clock);
  }

  /** What a browser gets, the form among it. */
  Assets assets() {
    return assets;
  }

  /** A route for everybody whose request cannot come from another site. */
  Route open(String method, String template, Handler handler) {
    return Route.always(
        method,
        template,
        request -> {
          checkOrigin(request);
          return handler.handle(request);
        });
  }

  /** A route for those who have the token, if there is one. */
  Route guarded(String method, String template, Handler handler) {
    return open(
        method,
        template,
        request -> {
          if (isKnown(request)) {
            return handler.handle(request);
          }
          if (isBrowsing(request)) {
            return assets.signIn("");
          }
          throw new ProblemException(
                  ProblemType.UNAUTHORIZED, "send the admin token as Authorization: Bearer TOKEN")
              .with("WWW-Authenticate", "Bearer");
        });
  }

  /** Takes the token from the form and answers with a cookie. */
  Response signIn(Request request) {
    if (token == null || !isToken(request.form().getOrDefault("token", ""))) {
      return assets.signIn("That is not the token.");
    }
    String origin = request.header("Origin");
    boolean secure = origin != null && origin.startsWith("https:");
    return home().with("Set-Cookie", sessions.begin() + (secure ? "; Secure" : ""));
  }

  Response signOut(Request request) {
    return home().with("Set-Cookie", sessions.end(request));
  }

  private static Response home() {
    return Response.empty(303).with("Location", "/");
  }

  private boolean isKnown(Request request) {
    return token == null
        || request.bearerToken().filter(this::isToken).isPresent()
        || sessions.isOpen(request);
  }

  /** In a time that does not depend on how much of it is right. */
  private boolean isToken(String given) {
    return MessageDigest.isEqual(given.getBytes(UTF_8), String.valueOf(token).getBytes(UTF_8));
  }

  private static boolean isBrowsing(Request request) {
    String accept = request.header("Accept");
    return READS.contains(request.method()) && accept != null && accept.contains("text/html");
  }

  private void checkOrigin(Request request) {
    String authority = Optional.ofNullable(request.header("Host")).orElse("");
    String name = authority.replaceFirst(":[0-9]*$", "");
    if (token == null && !isOurs(name)) {
      throw forbidden("without LADDER_ADMIN_TOKEN the Host must be an IP address or localhost");
    }
    if (READS.contains(request.method())) {
      return;
    }
    String site = request.header("Sec-Fetch-Site");
    String origin = request.header("Origin");
    boolean foreignSite = site != null && !site.equals("same-origin") && !site.equals("none");
    boolean foreignOrigin =
        origin != null && !origin.replaceFirst("^https?://", "").equalsIgnoreCase(authority);
    if (foreignSite || foreignOrigin) {
      throw forbidden("another site's page must not write here");
    }
  }

  private boolean isOurs(String name) {
    return name.equalsIgnoreCase("localhost")
        || name.equalsIgnoreCase(host)
        || ADDRESS.matcher(name).matches();
  }

  private static ProblemException forbidden(String detail) {
    return new ProblemException(ProblemType.FORBIDDEN, detail);
  }
}
