package ladder.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mail server that is told what to answer to a recipient, and may be away at first. It keeps the
 * recipients of the mails that it took.
 */
public final class FakeSmtp implements AutoCloseable {
  private static final String TAKEN = "250 ok";

  private final int port;
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile String answer = TAKEN;
  private volatile String refusedPart = "";
  private volatile String refusal = "";
  private volatile ServerSocket listening;

  /** Chooses a port, on which nobody listens until {@link #open}. */
  public FakeSmtp() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  public String url() {
    return "smtp://127.0.0.1:" + port;
  }

  /** Begins to listen. */
  public void open() throws IOException {
    ServerSocket socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    listening = socket;
    Thread _ = Thread.ofVirtual().name("smtp").start(() -> accept(socket));
  }

  /** From now on every recipient is answered so. */
  public void answerAll(String line) {
    refusedPart = "";
    answer = line;
  }

  /** From now on recipients with this in their address are refused for good, others taken. */
  public void refuse(String part) {
    answer = TAKEN;
    refusedPart = part;
    refusal = "550 nobody of that name";
  }

  /** From now on recipients with this in their address are deferred, as by greylisting. */
  public void defer(String part) {
    answer = TAKEN;
    refusedPart = part;
    refusal = "450 greylisted, try again later";
  }

  public void takeAll() {
    answerAll(TAKEN);
  }

  /** The recipients of the mails that it took, one for each mail. */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  /** Recipients that it did not take so far. */
  public int refused() {
    return refused.get();
  }

  private void accept(ServerSocket socket) {
    while (true) {
      try {
        Socket client = socket.accept();
        open.add(client);
        Thread _ = Thread.ofVirtual().name("smtp-client").start(() -> talk(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void talk(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
      OutputStream out = client.getOutputStream();
      say(out, "220 fake");
      String recipient = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        switch (line.substring(0, Math.min(4, line.length())).toUpperCase(Locale.ROOT)) {
          case "RCPT" -> {
            recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
            String verdict = verdict(recipient);
            if (!verdict.equals(TAKEN)) {
              refused.incrementAndGet();
            }
            say(out, verdict);
          }
          case "DATA" -> {
            say(out, "354 go on");
            while (!".".equals(in.readLine())) {
              // only the recipient is of interest
            }
            taken.add(recipient);
            say(out, TAKEN);
          }
          case "QUIT" -> {
            say(out, "221 bye");
            return;
          }
          default -> say(out, TAKEN);
        }
      }
    } catch (IOException e) {
      // The client left; what it was told stands.
    }
  }

  private String verdict(String recipient) {
    return !refusedPart.isEmpty() && recipient.contains(refusedPart) ? refusal : answer;
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (listening != null) {
      listening.close();
    }
    for (Socket client : open) {
      client.close();
    }
  }
}
