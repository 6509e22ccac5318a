package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Unavailable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against GreenMail, and against a server of the test's own for answers that GreenMail never gives.
 */
class EmailChannelIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String FROM = "Ladder <ladder@example.org>";

  private final GreenMail greenMail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

  @AfterEach
  void stop() {
    greenMail.stop();
  }

  private static EmailChannel channel(String userInfo, int port, String query) {
    return new EmailChannel(
        SmtpUrl.parse("smtp://" + userInfo + "127.0.0.1:" + port + query), FROM, TIMEOUT);
  }

  @Test
  void deliversOverOneConnectionWithAStableMessageId() throws Exception {
    greenMail.start();
    try (EmailChannel channel = channel("", greenMail.getSmtp().getPort(), "")) {
      assertInstanceOf(Delivered.class, channel.deliver(Events.signUp("zoe@example.org", "Zoë")));
      assertInstanceOf(Delivered.class, channel.deliver(Events.signUp("zoe@example.org", "Zoë")));
    }
    MimeMessage[] mails = greenMail.getReceivedMessages();
    assertEquals(2, mails.length);
    assertEquals("Welcome, Zoë", mails[0].getSubject());
    assertEquals("<" + Events.ID + "@example.org>", mails[0].getMessageID());
    assertEquals(mails[0].getMessageID(), mails[1].getMessageID());
  }

  @Test
  void sendsMailsBesideOneAnotherOverKeptConnections() throws Exception {
    CyclicBarrier together = new CyclicBarrier(8);
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        EmailChannel channel = channel("", server.getLocalPort(), "");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Thread.ofVirtual().start(() -> serveTogether(server, together, connections));
      for (int round = 0; round < 3; round++) {
        List<Callable<Delivery>> deliveries =
            Collections.nCopies(8, () -> channel.deliver(Events.signUp("zoe@example.org", "Zoë")));
        for (Future<Delivery> delivery : threads.invokeAll(deliveries)) {
          assertInstanceOf(Delivered.class, delivery.get());
        }
      }
    }
    assertEquals(8, connections.get());
  }

  /** Answers a mail only when as many are there as the barrier takes. */
  private static void serveTogether(
      ServerSocket server, CyclicBarrier together, AtomicInteger connections) {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> talk(socket, Map.of(), together));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Test
  void aWrongPasswordIsTheOperatorsFault() throws Exception {
    greenMail.setUser("ladder", "right");
    greenMail.start();
    int port = greenMail.getSmtp().getPort();
    try (EmailChannel wrong = channel("ladder:wrong@", port, "");
        EmailChannel right = channel("ladder:right@", port, "")) {
      Delivery refused = wrong.deliver(Events.signUp("a@example.org", "A"));
      assertInstanceOf(Unavailable.class, refused);
      assertTrue(refused.toString().contains("user and password"), refused.toString());
      assertInstanceOf(Delivered.class, right.deliver(Events.signUp("a@example.org", "A")));
    }
  }

  @Test
  void connectsAgainWhenTheServerIsBack() throws Exception {
    greenMail.start();
    int port = greenMail.getSmtp().getPort();
    try (EmailChannel channel = channel("", port, "")) {
      assertInstanceOf(Delivered.class, channel.deliver(Events.signUp("a@example.org", "A")));
      greenMail.stop();
      assertInstanceOf(Unavailable.class, channel.deliver(Events.signUp("a@example.org", "A")));
      GreenMail back = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
      back.start();
      try {
        assertInstanceOf(Delivered.class, channel.deliver(Events.signUp("a@example.org", "A")));
      } finally {
        back.stop();
      }
    }
  }

  @Test
  void sendsNothingInTheClearWhenStartTlsIsRequired() throws Exception {
    greenMail.start();
    try (EmailChannel channel = channel("u:p@", greenMail.getSmtp().getPort(), "?starttls=true")) {
      assertInstanceOf(Unavailable.class, channel.deliver(Events.signUp("a@example.org", "A")));
    }
    assertEquals(0, greenMail.getReceivedMessages().length);
  }

  @Test
  void aCertificateThatIsNotTrustedGetsNoMail() throws Exception {
    GreenMail secure = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
    secure.start();
    try (EmailChannel channel =
        new EmailChannel(
            SmtpUrl.parse("smtps://127.0.0.1:" + secure.getSmtps().getPort()), FROM, TIMEOUT)) {
      Unavailable unavailable =
          assertInstanceOf(Unavailable.class, channel.deliver(Events.signUp("a@example.org", "A")));
      assertTrue(unavailable.reason().contains("certification path"), unavailable::reason);
    } finally {
      secure.stop();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT, 550 no such mailbox, Refused",
    "RCPT, 450 greylisted, Deferred",
    "RCPT, 452 mailbox full, Deferred",
    "RCPT, 421 going down, Unavailable",
    "MAIL, 550 sender rejected, Unavailable",
    "MAIL, 450 sender rejected for now, Unavailable",
    "MAIL, 530 authentication required, Unavailable",
    "RCPT, 530 authentication required, Unavailable",
    "DATA, 554 no, Refused",
    "DATA, 451 try later, Deferred",
    "DATA, 421 going down, Unavailable",
    "., 552 content rejected, Refused",
    "., 452 out of storage, Deferred",
    "greeting, 554 no service for you, Unavailable",
    "greeting, 450 later, Unavailable",
  })
  void tellsTheMailsFaultFromTheServers(String command, String answer, String outcome)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EmailChannel channel = channel("", server.getLocalPort(), "")) {
      Thread.ofVirtual().start(() -> serve(server, Map.of(command, answer)));
      Delivery delivery = channel.deliver(Events.signUp("a@example.org", "A"));
      assertEquals(outcome, delivery.getClass().getSimpleName(), delivery.toString());
    }
  }

  @Test
  void aServerThatSaysNothingIsGivenUpInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EmailChannel channel =
            new EmailChannel(
                SmtpUrl.parse("smtp://127.0.0.1:" + silent.getLocalPort()),
                FROM,
                Duration.ofMillis(100))) {
      assertInstanceOf(Unavailable.class, channel.deliver(Events.signUp("a@example.org", "A")));
    }
  }

  /** An SMTP server for one client that says yes to all but the given commands. */
  private static void serve(ServerSocket server, Map<String, String> answers) {
    try {
      talk(server.accept(), answers, new CyclicBarrier(1));
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static void talk(Socket socket, Map<String, String> answers, CyclicBarrier beforeEnd) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = socket.getOutputStream()) {
      say(out, answers.getOrDefault("greeting", "220 test"));
      boolean data = false;
      String line;
      while ((line = in.readLine()) != null) {
        if (data && !line.equals(".")) {
          continue;
        }
        if (data) {
          beforeEnd.await(20, TimeUnit.SECONDS);
        }
        String command = line.length() > 4 ? line.substring(0, 4).toUpperCase(Locale.ROOT) : line;
        String answer = answers.getOrDefault(command, command.equals("DATA") ? "354 go" : "250 ok");
        data = command.equals("DATA") && answer.startsWith("3");
        say(out, answer);
      }
    } catch (IOException | InterruptedException | BrokenBarrierException | TimeoutException e) {
      // The client hung up, and finds no answer.
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
