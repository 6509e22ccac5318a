package ladder.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.regex.Pattern.CASE_INSENSITIVE;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import ladder.measure.Timings;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * One request. Immutable: what belongs to its answer goes on the {@link Response}. What costs
 * something, the query and the body, is read when asked for. Valid while it is handled, on the
 * thread that handles it.
 */
public final class Request {
  /** With any parameters, but no other charset. */
  private static final Pattern JSON =
      Pattern.compile(
          "application/([a-z0-9!#$&^_.+-]+\\+)?json\\s*"
              + "(;(?!.*charset=(?!\"?utf-8\"?\\s*(;|$))).*)?",
          CASE_INSENSITIVE);

  private static final String BEARER = "Bearer ";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final int ID_CHARS_MAX = 128;

  /** Trace id, parent id and flags; an id must not be all zeros. */
  private static final String TRACE = "(?!0+-)[0-9a-f]{32}-(?!0+-)[0-9a-f]{16}-[0-9a-f]{2}";

  /** Versions after 00 may say more, after another dash; it must still be safe to echo. */
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "00-" + TRACE + "|(?!00|ff)[0-9a-f]{2}-" + TRACE + "(-[A-Za-z0-9._-]{0,72})?");

  private final Incoming incoming;
  private final Router.Match match;
  private final Body body;
  private final List<Cidr> trustedProxies;
  private final Timings timings;
  private final String id;
  private final @Nullable String traceparent;

  Request(Incoming incoming, Router.Match match, Body body, Listener.Options options, Clock clock) {
    this.incoming = incoming;
    this.match = match;
    this.body = body;
    this.trustedProxies = options.trustedProxies();
    this.timings = new Timings(clock);
    this.id = id(header("X-Request-Id"));
    this.traceparent = traceparent(headers("Traceparent"));
  }

  /** The template of its route, or "none". */
  String route() {
    return match.route().template();
  }

  /** The method when it is a well-known one, else "OTHER": labels must be few. */
  String label() {
    return METHODS.contains(method()) ? method() : "OTHER";
  }

  /** As sent; a HEAD request is served by the GET route and stays "HEAD". */
  public String method() {
    return incoming.head().method;
  }

  /** The raw path, still percent-encoded. */
  public String path() {
    return incoming.head().path();
  }

  /** Names the request in its answer and in the logs: the client's {@code X-Request-Id} if sane. */
  public String id() {
    return id;
  }

  /** The first value of a header. */
  public @Nullable String header(String name) {
    return incoming.head().header(name);
  }

  /** The token in {@code Authorization} (RFC 6750, 2.1); empty for another scheme or none. */
  public Optional<String> bearerToken() {
    String given = header("Authorization");
    return given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(given.substring(BEARER.length()).strip())
        : Optional.empty();
  }

  /** All values of a header, in order. */
  public List<String> headers(String name) {
    return incoming.head().headers(name);
  }

  /** What stood in the place of a template's {@code {name}}, percent-decoded. */
  public String pathParameter(String name) {
    return Objects.requireNonNull(match.parameters().get(name), name);
  }

  /** The query's parameters, decoded, in order; 400 when one is repeated or malformed. */
  public Map<String, String> query() {
    String target = incoming.head().target;
    int mark = target.indexOf('?');
    return mark < 0 ? Map.of() : query(target.substring(mark + 1));
  }

  /** The whole body, read at the first call; 413 over the bound, 408 when it comes too slowly. */
  public byte[] body() {
    return body.whole();
  }

  /** The fields of a form that a browser sent; 415 for another type of body. */
  public Map<String, String> form() {
    String type = header("Content-Type");
    if (type == null || !type.regionMatches(true, 0, FORM, 0, FORM.length())) {
      throw new ProblemException(ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must be " + FORM);
    }
    return query(new String(body(), ISO_8859_1));
  }

  /**
   * The body as a JSON object; 415 when it is not declared as {@code application/json} or another
   * type in {@code +json}, in UTF-8, not compressed.
   */
  public JsonObject json() {
    String type = header("Content-Type");
    if (type == null || !JSON.matcher(type).matches()) {
      throw new ProblemException(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8");
    }
    String coding = header("Content-Encoding");
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw new ProblemException(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must not have a Content-Encoding");
    }
    return JsonObject.read(body());
  }

  /** The client's address, through the trusted proxies before us. */
  public String clientAddress() {
    return Cidr.client(incoming.peer(), headers("X-Forwarded-For"), trustedProxies);
  }

  /** The W3C trace context, only when it is valid. */
  public @Nullable String traceparent() {
    return traceparent;
  }

  /** Where this request's time goes. */
  public Timings timings() {
    return timings;
  }

  /** The client's id when it is sane, otherwise a new one: 64 random bits. */
  static String id(@Nullable String sent) {
    return sent != null
            && !sent.isEmpty()
            && sent.length() <= ID_CHARS_MAX
            && HeadCheck.all(sent, Request::isInId)
        ? sent
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private static boolean isInId(int c) {
    return (c < 0x80 && Character.isLetterOrDigit(c)) || "._-".indexOf(c) >= 0;
  }

  /** The one valid {@code traceparent} (W3C Trace Context, level 2), or null. */
  static @Nullable String traceparent(List<String> sent) {
    return sent.size() == 1 && TRACEPARENT.matcher(sent.get(0)).matches() ? sent.get(0) : null;
  }

  static Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] sides = pair.split("=", 2);
        String name = decode(sides[0], true);
        if (query.put(name, sides.length == 1 ? "" : decode(sides[1], true)) != null) {
          throw new ProblemException(
              ProblemType.BAD_REQUEST, "the query parameter \"" + name + "\" is repeated");
        }
      }
    }
    return query;
  }

  /** Decodes a path segment or one side of a query pair (RFC 3986); 400 when it is malformed. */
  static String decode(String raw, boolean plusIsSpace) {
    if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
      return raw;
    }
    try {
      // Only the bytes: as UTF-8, the decoder would replace what is malformed.
      String bytes = URLDecoder.decode(raw.replace("+", plusIsSpace ? "%20" : "%2B"), ISO_8859_1);
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1))).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST, "the request target is not percent-encoded UTF-8");
    }
  }
}
