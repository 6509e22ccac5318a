package ladder.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request as the engine parsed it, and the way for its answer: the other half of the wall that
 * {@link Engine} begins. Not thread-safe.
 */
final class Incoming {
  private static final Pattern AUTHORITY =
      Pattern.compile("^https?://[^/?#]+", Pattern.CASE_INSENSITIVE);

  private final HttpExchange http;
  private final Headers headers;
  private final String target;

  Incoming(HttpExchange http) {
    this.http = http;
    this.headers = http.getRequestHeaders();
    this.target = target(http.getRequestURI().toString());
  }

  String method() {
    return http.getRequestMethod();
  }

  /** Such as "HTTP/1.1", or whatever stood in its place. */
  String protocol() {
    return http.getProtocol();
  }

  /** Path and query as sent, not checked. */
  String target() {
    return target;
  }

  @Nullable String header(String name) {
    return headers.getFirst(name);
  }

  List<String> headers(String name) {
    return headers.getOrDefault(name, List.of());
  }

  Iterable<Map.Entry<String, List<String>>> headers() {
    return headers.entrySet();
  }

  InetAddress peer() {
    return http.getRemoteAddress().getAddress();
  }

  /** Blocks until there is something to read; interrupting the reader closes the connection. */
  InputStream body() {
    return http.getRequestBody();
  }

  /**
   * Writes an answer, head and body together; throws when the client left.
   *
   * @param last whether the request's body is read to its end, so that nothing has to be read after
   *     this
   */
  void send(Response response, boolean last) throws IOException {
    response.headers().forEach(http.getResponseHeaders()::set);
    int length = response.body().length;
    if (isBodiless(response)) {
      if (length > 0) {
        http.getResponseHeaders().set("Content-Length", Integer.toString(length));
      }
      http.sendResponseHeaders(response.status(), -1);
      return;
    }
    http.sendResponseHeaders(response.status(), length);
    OutputStream out = http.getResponseBody();
    out.write(response.body());
    if (last) {
      out.close();
    } else {
      out.flush();
    }
  }

  /** Whether only a head answers; the engine ends such an exchange as soon as the head is sent. */
  boolean isBodiless(Response response) {
    return response.body().length == 0 || method().equals("HEAD");
  }

  /** Ends the exchange; idempotent. */
  void end() throws IOException {
    http.getResponseBody().close();
  }

  /** As sent, less the scheme and host of the absolute form (RFC 9112, 3.2.2). */
  static String target(String sent) {
    return sent.startsWith("/") ? sent : AUTHORITY.matcher(sent).replaceFirst("");
  }
}
