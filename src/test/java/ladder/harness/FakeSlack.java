package ladder.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A webhook that is told with which status to answer, and keeps the messages that it took. */
public final class FakeSlack implements AutoCloseable {
  private static final int TAKEN = 200;
  private static final int REFUSED = 400;

  private final HttpServer server;
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile int status = TAKEN;
  private volatile String refusedPart = "";

  public FakeSlack() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/services/x";
  }

  /** From now on every message is answered so. */
  public void answerAll(int code) {
    refusedPart = "";
    status = code;
  }

  /** From now on messages with this in them are refused for good, others taken. */
  public void refuse(String part) {
    status = TAKEN;
    refusedPart = part;
  }

  public void takeAll() {
    answerAll(TAKEN);
  }

  /** The bodies of the messages that it took. */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  /** Messages that it did not take so far. */
  public int refused() {
    return refused.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      int code = !refusedPart.isEmpty() && body.contains(refusedPart) ? REFUSED : status;
      if (code == TAKEN) {
        taken.add(body);
      } else {
        refused.incrementAndGet();
      }
      exchange.sendResponseHeaders(code, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
