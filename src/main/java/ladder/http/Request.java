package ladder.http;

import com.sun.net.httpserver.Headers;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import ladder.measure.Timings;
import org.jspecify.annotations.Nullable;

/**
 * One request, valid on the thread that handles it and while it does. What costs something, the
 * query and the body, is read when first asked for. Not thread-safe.
 */
public final class Request {
  /** A header for the answer, whatever the answer will be. */
  record Header(String name, String value) {}

  private final String method;
  private final Target target;
  private final String id;
  private final Headers headers;
  private final @Nullable String traceparent;
  private final InetAddress peer;
  private final List<Cidr> trustedProxies;
  private final Body body;
  private final Timings timings;
  private final List<Header> answerHeaders = new ArrayList<>(4);
  private Map<String, String> pathParameters = Map.of();
  private @Nullable Map<String, String> query;
  private @Nullable String clientAddress;
  private @Nullable String key;

  Request(
      String method,
      Target target,
      String id,
      Headers headers,
      InetAddress peer,
      List<Cidr> trustedProxies,
      Body body,
      Timings timings) {
    this.method = method;
    this.target = target;
    this.id = id;
    this.headers = headers;
    this.traceparent = Trace.parent(headers.get("Traceparent"));
    this.peer = peer;
    this.trustedProxies = trustedProxies;
    this.body = body;
    this.timings = timings;
  }

  /** As sent; a HEAD request is served by the GET route and stays "HEAD". */
  public String method() {
    return method;
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
    return headers.getFirst(name);
  }

  /** All values of a header, in order. */
  public List<String> headers(String name) {
    List<String> values = headers.get(name);
    return values == null ? List.of() : values;
  }

  /**
   * What stood in the place of a template's {@code {name}}, percent-decoded.
   *
   * @throws IllegalArgumentException when the template has no such parameter
   */
  public String pathParameter(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the template has no {" + name + "}");
    }
    return value;
  }

  /**
   * The query's parameters, decoded, in order.
   *
   * @throws ProblemException 400 when one is repeated or malformed
   */
  public Map<String, String> query() {
    Map<String, String> parsed = query;
    if (parsed == null) {
      parsed = Percent.query(target.query());
      query = parsed;
    }
    return parsed;
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
    if (type == null || !isJson(type.toLowerCase(Locale.ROOT))) {
      throw new ProblemException(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8");
    }
  }

  /** The client's address, through the trusted proxies before us. */
  public String clientAddress() {
    String address = clientAddress;
    if (address == null) {
      address = ClientAddress.of(peer, headers("X-Forwarded-For"), trustedProxies);
      clientAddress = address;
    }
    return address;
  }

  /** The W3C trace context, only when it is valid. */
  public @Nullable String traceparent() {
    return traceparent;
  }

  /** Sets a header on whatever answer this request gets, over what the handler's answer says. */
  public void respondWith(String name, String value) {
    answerHeaders.add(new Header(name, value));
  }

  /** Names the caller's key in the access log. */
  public void identifiedAs(String name) {
    key = name;
  }

  /** Where this request's time goes. */
  public Timings timings() {
    return timings;
  }

  @Nullable String key() {
    return key;
  }

  List<Header> answerHeaders() {
    return answerHeaders;
  }

  String rawQuery() {
    return target.query();
  }

  /**
   * Refuses what is no absolute path.
   *
   * @throws ProblemException 400
   */
  void check() {
    target.check();
  }

  void matched(Map<String, String> pathParameters) {
    this.pathParameters = pathParameters;
  }

  private static boolean isJson(String contentType) {
    String[] parts = contentType.split(";", -1);
    String type = parts[0].strip();
    if (!type.equals("application/json") && !type.matches("application/[a-z0-9.-]+\\+json")) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        return false;
      }
    }
    return true;
  }
}
