package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlackChannelIT {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch released = new CountDownLatch(1);
  private HttpServer slack;
  private volatile int status = 200;
  private volatile boolean hangs;
  private volatile String body = "";
  private volatile String trace = "";
  private volatile String requestId = "";

  @BeforeEach
  void start() throws IOException {
    slack = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slack.setExecutor(threads);
    slack.createContext("/", this::answer);
    slack.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      trace = String.valueOf(exchange.getRequestHeaders().getFirst("traceparent"));
      requestId = String.valueOf(exchange.getRequestHeaders().getFirst("X-Request-Id"));
      if (hangs) {
        released.await();
      }
      exchange.sendResponseHeaders(status, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    released.countDown();
    slack.stop(0);
    threads.shutdownNow();
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + slack.getAddress().getPort() + "/services/x");
  }

  private Delivery deliver(Duration timeout) throws InterruptedException {
    try (SlackChannel channel = new SlackChannel(url(), timeout)) {
      return channel.deliver(Events.signUp("zoe@example.org", "Zoë <!here>"));
    }
  }

  private Delivery deliver() throws InterruptedException {
    return deliver(Duration.ofSeconds(20));
  }

  @Test
  void postsEscapedTextAndPassesTheTraceOn() throws Exception {
    assertInstanceOf(Delivered.class, deliver());
    assertTrue(
        body.contains("Zoë &lt;!here&gt; &lt;zoe@example.org&gt; signed up as user 42"), body);
    assertEquals("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", trace);
    assertEquals("request-1", requestId);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void refusesWhatSlackSaysOfTheMessage(int answer) throws Exception {
    status = answer;
    assertInstanceOf(Refused.class, deliver());
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 404, 410, 429, 500, 503})
  void waitsForWhatSlackOrTheOperatorCanMend(int answer) throws Exception {
    status = answer;
    assertInstanceOf(Unavailable.class, deliver());
  }

  @Test
  void waitsForASlackThatHangs() throws Exception {
    hangs = true;
    assertInstanceOf(Unavailable.class, deliver(Duration.ofMillis(100)));
  }

  @Test
  void waitsForASlackThatIsAway() throws Exception {
    slack.stop(0);
    assertInstanceOf(Unavailable.class, deliver());
  }

  @Test
  void theWebhookMustBeAUrl() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new SlackChannel(URI.create("hooks.slack.com/x"), Duration.ofSeconds(1)));
  }
}
