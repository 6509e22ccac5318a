package ladder.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A webhook that is told with which status to answer, and keeps the messages that it took. It is
 * not the JDK's server, which reads its bounds once for a JVM: before the tests of ours set them.
 */
public final class FakeSlack implements AutoCloseable {
  private static final int TAKEN = 200;
  private static final int REFUSED = 400;

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

  private final ServerSocket server;
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile int status = TAKEN;
  private volatile String refusedPart = "";
  private volatile String lastHead = "";
  private volatile String retryAfter = "";
  private volatile boolean hangs;

  public FakeSlack() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread _ = Thread.ofVirtual().name("slack").start(this::accept);
  }

  public String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/services/x";
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

  /** From now on what is not taken is answered with this {@code Retry-After}. */
  public void retryAfter(String value) {
    retryAfter = "Retry-After: " + value + "\r\n";
  }

  /** From now on a message is read and never answered. */
  public void hang() {
    hangs = true;
  }

  /** The last message's request line and headers. */
  public String lastHead() {
    return lastHead;
  }

  /** The bodies of the messages that it took. */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  /** Messages that it did not take so far. */
  public int refused() {
    return refused.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = server.accept();
        Thread _ = Thread.ofVirtual().name("slack-client").start(() -> answer(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void answer(Socket client) {
    try (client;
        InputStream in = new BufferedInputStream(client.getInputStream())) {
      String head = head(in);
      Matcher length = LENGTH.matcher(head);
      String body =
          length.find() ? new String(in.readNBytes(Integer.parseInt(length.group(1))), UTF_8) : "";
      lastHead = head;
      if (hangs) {
        in.readAllBytes(); // until the client leaves
        return;
      }
      int code = !refusedPart.isEmpty() && body.contains(refusedPart) ? REFUSED : status;
      if (code == TAKEN) {
        taken.add(body);
      } else {
        refused.incrementAndGet();
      }
      String answer =
          "HTTP/1.1 %d So\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n"
              .formatted(code, code == TAKEN ? "" : retryAfter);
      client.getOutputStream().write(answer.getBytes(UTF_8));
    } catch (IOException e) {
      // The client left; what it was told stands.
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
