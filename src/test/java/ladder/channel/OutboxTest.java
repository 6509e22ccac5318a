package ladder.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Stream;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  private static final String FROM = "Ladder <ladder@example.org>";

  @TempDir Path dir;

  private MimeMessage written() throws Exception {
    try (InputStream in = Files.newInputStream(dir.resolve(Events.ID + ".eml"))) {
      return new MimeMessage(Session.getInstance(new Properties()), in);
    }
  }

  @Test
  void writesAMailThatAMailReaderReads() throws Exception {
    Outbox channel = Outbox.email(FROM, dir);
    assertInstanceOf(
        Delivered.class, channel.deliver(Events.signUp("zoe@example.org", "Zoë Ångström 🎈")));
    MimeMessage mail = written();
    assertEquals("Welcome, Zoë Ångström 🎈", mail.getSubject());
    assertEquals("<" + Events.ID + "@example.org>", mail.getMessageID());
    InternetAddress to = (InternetAddress) mail.getAllRecipients()[0];
    assertEquals("zoe@example.org", to.getAddress());
    assertEquals("Zoë Ångström 🎈", to.getPersonal());
    assertTrue(String.valueOf(mail.getContent()).contains("Hello Zoë Ångström 🎈,"));
  }

  @Test
  void aLineBreakInANameMakesNoHeader() throws Exception {
    Outbox.email(FROM, dir)
        .deliver(Events.signUp("a@example.org", "A\r\nBcc: victim@example.org\r\n\r\nbody"));
    MimeMessage mail = written();
    assertEquals(1, mail.getAllRecipients().length);
    assertEquals(null, mail.getHeader("Bcc"));
    assertEquals("Welcome, A Bcc: victim@example.org body", mail.getSubject());
  }

  @Test
  void anAddressWithALineBreakIsRefused() {
    Outbox channel = Outbox.email(FROM, dir);
    for (String address :
        new String[] {"a@example.org\r\nBcc: b@example.org", "nobody", "a@b@c", "", "a b@c.d"}) {
      assertInstanceOf(Refused.class, channel.deliver(Events.signUp(address, "A")), address);
    }
  }

  @Test
  void theSameEventIsTheSameFileAndNothingIsLeftBeside() throws Exception {
    Outbox email = Outbox.email(FROM, dir);
    Outbox slack = Outbox.slack(dir);
    for (int i = 0; i < 2; i++) {
      email.deliver(Events.signUp("a@example.org", "A"));
      slack.deliver(Events.signUp("a@example.org", "A"));
    }
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void escapesForSlack() throws Exception {
    Outbox.slack(dir).deliver(Events.signUp("a@example.org", "<!channel> & \"co\""));
    String json = Files.readString(dir.resolve(Events.ID + ".json"));
    assertTrue(json.contains("&lt;!channel&gt; &amp; \\\"co\\\""), json);
    assertFalse(json.contains("<"), json);
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsUnavailable() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    assertInstanceOf(
        Unavailable.class,
        Outbox.slack(file.resolve("slack")).deliver(Events.signUp("a@example.org", "A")));
  }

  @Test
  void theSenderMustBeAnAddress() {
    for (String from : new String[] {"", "Ladder", "a@example.org, b@example.org", "a@"}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Outbox.email(from, dir), from);
      assertTrue(String.valueOf(e.getMessage()).contains("such as Ladder <"), e.getMessage());
    }
  }
}
