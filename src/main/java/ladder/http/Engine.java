package ladder.http;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP engine: connections, parsing and framing. Only this class knows that it is the JDK's, or
 * another that implements {@code com.sun.net.httpserver}: one whose {@code HttpServerProvider} is
 * on the class path replaces the JDK's. Thread-safe.
 */
final class Engine {
  /** Connections waiting to be accepted; the kernel caps it (net.core.somaxconn). */
  private static final int BACKLOG = 4_096;

  /** Clients at once, each with at most two virtual threads, one body and one answer in memory. */
  private static final String CONNECTIONS_MAX = "20000";

  private static final Pattern AUTHORITY = Pattern.compile("^https?://[^/?#]+", CASE_INSENSITIVE);

  private final HttpServer server;

  /** Binds the listener's port and has each request served by an exchange of its own. */
  Engine(Listener listener) throws IOException {
    configure();
    server = HttpServer.create(listener.options.address(), BACKLOG);
    // One context and a router of ours, because contexts match by prefix.
    server.createContext("/", http -> new Exchange(new Incoming(http), listener).serve());
    server.setExecutor(listener.threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Stops accepting, waits for exchanges up to the bound, then closes all connections. */
  void stop(Duration bound) {
    server.stop((int) bound.plusMillis(999).toSeconds());
  }

  /** One request as the engine parsed it, not checked, and the way for its answer. */
  static final class Incoming {
    private final HttpExchange http;

    /** Path and query as sent, less the scheme and host of the absolute form (RFC 9112, 3.2.2). */
    final String target;

    /** Found in any case; the engine's own map makes a new string of each name it is asked for. */
    final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private Incoming(HttpExchange http) {
      this.http = http;
      String sent = http.getRequestURI().toString();
      this.target = sent.startsWith("/") ? sent : AUTHORITY.matcher(sent).replaceFirst("");
      headers.putAll(http.getRequestHeaders());
    }

    String method() {
      return http.getRequestMethod();
    }

    /** Such as "HTTP/1.1", or whatever stood in its place. */
    String protocol() {
      return http.getProtocol();
    }

    String path() {
      int mark = target.indexOf('?');
      return mark < 0 ? target : target.substring(0, mark);
    }

    /** The first value of a header. */
    @Nullable String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.get(0);
    }

    InetAddress peer() {
      return http.getRemoteAddress().getAddress();
    }

    /** Blocks until there is something to read; interrupting the reader closes the connection. */
    InputStream body() {
      return http.getRequestBody();
    }

    /** Sets a header of the answer, beside those of its {@link Response}. */
    void setHeader(String name, String value) {
      http.getResponseHeaders().set(name, value);
    }

    /**
     * Writes an answer, head and body together unless it is a stream; throws when the client left.
     *
     * @param bodiless only its head is written; the engine ends such an exchange with it
     */
    void send(Response response, boolean bodiless) throws IOException {
      response.headers().forEach(header -> setHeader(header.name(), header.value()));
      int length = response.body().length;
      if (bodiless) {
        if (length > 0) {
          setHeader("Content-Length", Integer.toString(length));
        }
        http.sendResponseHeaders(response.status(), -1);
      } else if (response.stream() != null) {
        http.sendResponseHeaders(response.status(), 0); // in chunks
        response.stream().writeTo(http.getResponseBody());
      } else {
        http.sendResponseHeaders(response.status(), length);
        http.getResponseBody().write(response.body());
        http.getResponseBody().flush();
      }
    }

    /** Ends the exchange; idempotent. */
    void end() throws IOException {
      http.getResponseBody().close();
    }
  }

  /** The bounds are system properties, read once for a JVM when the server's classes load. */
  private static void configure() {
    // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to larger answers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Above its 200, idle connections would be closed while clients still use them.
    System.setProperty("sun.net.httpserver.maxIdleConnections", CONNECTIONS_MAX);
    System.setProperty("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
    // Longer than the 60 s for which load balancers usually keep a connection to us.
    System.setProperty("sun.net.httpserver.idleInterval", "75");
    // Seconds, whatever its documentation says. From a request's first byte to its last:
    System.setProperty("sun.net.httpserver.maxReqTime", "30");
    // and from there to the last byte of its answer, so that it bounds a client that does not read.
    System.setProperty("sun.net.httpserver.maxRspTime", "60");
    // Twice ours, which are answered; beyond these it closes without an answer.
    System.setProperty("sun.net.httpserver.maxReqHeaders", "" + 2 * HeadCheck.HEADERS_MAX);
    System.setProperty("sun.net.httpserver.maxReqHeaderSize", "131072");
    // Its draining knows no deadline; Body does it instead.
    System.setProperty("sun.net.httpserver.drainAmount", "0");
  }
}
