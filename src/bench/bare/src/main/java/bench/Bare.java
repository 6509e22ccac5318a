package bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/**
 * The ceiling: the JDK's own server with a constant answer, no key, no limit, no log, no metrics.
 * The command names the JDK's provider, so that none on the class path is taken.
 */
public final class Bare {
  private static final byte[] BODY = "{\"status\":\"live\"}".getBytes(UTF_8);

  private Bare() {}

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("BENCH_PORT"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, BODY.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(BODY);
          }
        });
    server.start();
  }
}
