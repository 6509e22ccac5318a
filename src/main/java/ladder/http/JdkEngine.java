package ladder.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;

/**
 * The JDK's server, or another that implements {@code com.sun.net.httpserver}: one whose {@code
 * HttpServerProvider} is on the class path replaces the JDK's. Thread-safe.
 */
final class JdkEngine implements Engine {
  private final HttpServer server;

  /** Binds the listener's port and has each request served by an exchange of its own. */
  JdkEngine(Listener listener) throws IOException {
    configure();
    server = HttpServer.create(listener.options.address(), BACKLOG);
    // One context and a router of ours, because contexts match by prefix.
    server.createContext(
        "/",
        http -> {
          new Exchange(new Parsed(http), listener).serve();
          http.getResponseBody().close();
        });
    server.setExecutor(listener.threads);
    server.start();
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void stop(Duration bound) {
    server.stop((int) bound.plusMillis(999).toSeconds());
  }

  private static final class Parsed implements Incoming {
    private final HttpExchange http;
    private final Head head;

    Parsed(HttpExchange http) {
      this.http = http;
      this.head =
          new Head(http.getRequestMethod(), http.getRequestURI().toString(), http.getProtocol());
      http.getRequestHeaders()
          .forEach((name, values) -> values.forEach(value -> head.add(name, value)));
    }

    @Override
    public Head head() {
      return head;
    }

    @Override
    public InetAddress peer() {
      return http.getRemoteAddress().getAddress();
    }

    @Override
    public InputStream body() {
      return http.getRequestBody();
    }

    @Override
    public void setHeader(String name, String value) {
      http.getResponseHeaders().set(name, value);
    }

    /** The engine ends a bodiless exchange with its head. */
    @Override
    public void send(Response response, boolean bodiless) throws IOException {
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
  }

  /** The bounds are system properties, read once for a JVM when the server's classes load. */
  private static void configure() {
    // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to larger answers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Above its 200, idle connections would be closed while clients still use them.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "" + CONNECTIONS_MAX);
    System.setProperty("jdk.httpserver.maxConnections", "" + CONNECTIONS_MAX);
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
