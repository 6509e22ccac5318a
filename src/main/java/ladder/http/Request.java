package ladder.http;

import com.sun.net.httpserver.HttpExchange;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;

/**
 * One request, valid on the thread that handles it and while it does. What costs something, the
 * query and the body, is read when asked for. Not thread-safe.
 */
public final class Request {
  private static final Pattern JSON =
      Pattern.compile(
          "application/([a-z0-9.-]+\\+)?json"
              + "(\\s*+;\\s*+(charset=(utf-8|\"utf-8\")|(?!charset=)[^;]*+))*+\\s*+",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /** Trace id, parent id and flags; an id must not be all zeros. */
  private static final String TRACE = "(?!0+-)[0-9a-f]{32}-(?!0+-)[0-9a-f]{16}-[0-9a-f]{2}";

  /** Versions after 00 may say more, after another dash; it must still be safe to echo. */
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "00-" + TRACE + "|(?!00|ff)[0-9a-f]{2}-" + TRACE + "(-[A-Za-z0-9._-]{0,72})?");

  final Target target;
  final Body body;
  private final HttpExchange http;
  private final List<Cidr> trustedProxies;
  private final String id;
  private final @Nullable String traceparent;
  private final Timings timings = new Timings();
  Map<String, String> pathParameters = Map.of();
  @Nullable String key;

  Request(HttpExchange http, Listener.Options options) {
    this.http = http;
    this.target = Target.split(http.getRequestURI().toString());
    this.body = new Body(http, options.bodyBytesMax(), options.bodyTimeout());
    this.trustedProxies = options.trustedProxies();
    this.id = id(header("X-Request-Id"));
    this.traceparent = traceparent(headers("Traceparent"));
  }

  /** As sent; a HEAD request is served by the GET route and stays "HEAD". */
  public String method() {
    return http.getRequestMethod();
  }

  /** The raw path, still percent-encoded. */
  public String path() {
    return target.path();
  }

  /** Names the request in its answer and in the logs: the client's {@code X-Request-Id} if sane. */
  public String id() {
    return id;
  }

  /** The first value of a header. */
  public @Nullable String header(String name) {
    return http.getRequestHeaders().getFirst(name);
  }

  /** All values of a header, in order. */
  public List<String> headers(String name) {
    return http.getRequestHeaders().getOrDefault(name, List.of());
  }

  /** What stood in the place of a template's {@code {name}}, percent-decoded. */
  public String pathParameter(String name) {
    return Objects.requireNonNull(pathParameters.get(name), name);
  }

  /**
   * The query's parameters, decoded, in order.
   *
   * @throws ProblemException 400 when one is repeated or malformed
   */
  public Map<String, String> query() {
    return target.parameters();
  }

  /**
   * The whole body, read from the socket at the first call.
   *
   * @throws ProblemException 413 when it is over the bound, 408 when it comes too slowly, 400 when
   *     its chunks are malformed
   */
  public byte[] body() {
    return body.whole();
  }

  /**
   * Insists on {@code application/json} or a type that ends in {@code +json}, in UTF-8.
   *
   * @throws ProblemException 415 otherwise, or when there is no content type
   */
  public void requireJson() {
    String type = header("Content-Type");
    if (type == null || !JSON.matcher(type).matches()) {
      throw new ProblemException(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8");
    }
  }

  /** The client's address, through the trusted proxies before us. */
  public String clientAddress() {
    return Cidr.client(
        http.getRemoteAddress().getAddress(), headers("X-Forwarded-For"), trustedProxies);
  }

  /** The W3C trace context, only when it is valid. */
  public @Nullable String traceparent() {
    return traceparent;
  }

  /** Sets a header on whatever answer this request gets. */
  public void respondWith(String name, String value) {
    http.getResponseHeaders().set(name, value);
  }

  /** Names the caller's key in the access log. */
  public void identifiedAs(String name) {
    key = name;
  }

  /** Where this request's time goes. */
  public Timings timings() {
    return timings;
  }

  /** The client's id when it is sane, otherwise a new one: 64 random bits. */
  static String id(@Nullable String sent) {
    return sent != null && SANE_ID.matcher(sent).matches()
        ? sent
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** The one valid {@code traceparent} (W3C Trace Context, level 2), or null. */
  static @Nullable String traceparent(List<String> sent) {
    return sent.size() == 1 && TRACEPARENT.matcher(sent.get(0)).matches() ? sent.get(0) : null;
  }
}
