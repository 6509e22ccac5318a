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
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
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
  void takesAReplayWhileItsDrainerDelivers() throws Exception {
    greenMail.start();
    try (EmailChannel channel = channel("", greenMail.getSmtp().getPort(), "");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CyclicBarrier together = new CyclicBarrier(20);
      List<Callable<Delivery>> deliveries =
          Collections.nCopies(
              20,
              () -> {
                together.await();
                return channel.deliver(Events.signUp("zoe@example.org", "Zoë"));
              });
      for (Future<Delivery> delivery : threads.invokeAll(deliveries)) {
        assertInstanceOf(Delivered.class, delivery.get());
      }
    }
    assertEquals(20, greenMail.getReceivedMessages().length);
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
  void aCertificateThatNobodyVouchesForIsNotTalkedTo() throws Exception {
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
    "RCPT, 550 no such mailbox, true",
    "RCPT, 450 greylisted, false",
    "RCPT, 421 going down, false",
    "MAIL, 550 sender rejected, false",
    "MAIL, 530 authentication required, false",
    "RCPT, 530 authentication required, false",
    "DATA, 554 no, true",
    "DATA, 451 try later, false",
    "., 552 content rejected, true",
    "., 452 out of storage, false",
    "greeting, 554 no service for you, false",
  })
  void tellsTheEntrysFaultFromTheServers(String command, String answer, boolean refused)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EmailChannel channel = channel("", server.getLocalPort(), "")) {
      Thread.ofVirtual().start(() -> serve(server, Map.of(command, answer)));
      Delivery delivery = channel.deliver(Events.signUp("a@example.org", "A"));
      assertEquals(refused, delivery instanceof Refused, delivery.toString());
      assertEquals(!refused, delivery instanceof Unavailable, delivery.toString());
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

  /** An SMTP server that says yes to all but the given commands. */
  private static void serve(ServerSocket server, Map<String, String> answers) {
    try (Socket socket = server.accept();
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
        String command = line.length() > 4 ? line.substring(0, 4).toUpperCase(Locale.ROOT) : line;
        String answer = answers.getOrDefault(command, command.equals("DATA") ? "354 go" : "250 ok");
        data = command.equals("DATA") && answer.startsWith("3");
        say(out, answer);
      }
    } catch (IOException e) {
      // The client hung up.
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
