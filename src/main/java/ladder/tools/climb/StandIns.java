package ladder.tools.climb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A mail server and a Slack webhook that take as long as real ones do, and are none: whatever they
 * are sent is dropped. Thread-safe.
 */
final class StandIns implements AutoCloseable {
  /** The classic figures for what follows a sign-up. */
  static final Duration MAIL = Duration.ofMillis(500);

  static final Duration AUDIT = Duration.ofMillis(200);
  static final Duration SLACK = Duration.ofMillis(300);

  private static final int BACKLOG = 100;

  private final ServerSocket mail;
  private final ServerSocket slack;
  private final CountDownLatch closed = new CountDownLatch(1);

  private interface Dialogue {
    void hold(BufferedReader in, OutputStream out) throws IOException, InterruptedException;
  }

  StandIns() throws IOException {
    this.mail = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    this.slack = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    accept(mail, this::mail);
    accept(slack, this::slack);
  }

  String smtpUrl() {
    return "smtp://127.0.0.1:" + mail.getLocalPort();
  }

  String webhookUrl() {
    return "http://127.0.0.1:" + slack.getLocalPort() + "/hook";
  }

  private static void accept(ServerSocket server, Dialogue dialogue) {
    Thread _ =
        Thread.ofVirtual()
            .name("stand-in")
            .start(
                () -> {
                  while (true) {
                    try {
                      Socket client = server.accept();
                      Thread _ = Thread.ofVirtual().start(() -> serve(client, dialogue));
                    } catch (IOException e) {
                      return; // closed
                    }
                  }
                });
  }

  private static void serve(Socket client, Dialogue dialogue) {
    try (client;
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
      dialogue.hold(in, client.getOutputStream());
    } catch (IOException e) {
      // The node left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** SMTP (RFC 5321), as far as a client needs it that wants no extension. */
  private void mail(BufferedReader in, OutputStream out) throws IOException, InterruptedException {
    say(out, "220 stand-in\r\n");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equalsIgnoreCase("DATA")) {
        say(out, "354 go on\r\n");
        while (!".".equals(in.readLine())) {
          // dropped
        }
        take(MAIL);
      }
      say(out, "250 ok\r\n");
    }
  }

  private void slack(BufferedReader in, OutputStream out) throws IOException, InterruptedException {
    int length = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      } else if (line.isEmpty()) {
        for (int bytes = 0; bytes < length; ) {
          bytes += Character.toString(in.read()).getBytes(UTF_8).length;
        }
        take(SLACK);
        say(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    }
  }

  private void take(Duration time) throws InterruptedException {
    boolean _ = closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    mail.close();
    slack.close();
  }
}
