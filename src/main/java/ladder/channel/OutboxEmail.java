package ladder.channel;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Event;

/** Welcome mails as {@code DATA/outbox/email/<event id>.eml}, ready to be sent. Thread-safe. */
public final class OutboxEmail implements Channel {
  private final WelcomeMail mail;
  private final Outbox outbox;
  private final Session session = Session.getInstance(new Properties());

  public OutboxEmail(String from, Path dir) {
    this.mail = new WelcomeMail(from);
    this.outbox = new Outbox(dir);
  }

  @Override
  public String name() {
    return EmailChannel.NAME;
  }

  @Override
  public Delivery deliver(Event event) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try {
      mail.message(session, event).writeTo(message);
    } catch (AddressException e) {
      return new Delivery.Refused("the address can take no mail: " + e.getMessage());
    } catch (MessagingException | IOException e) {
      return new Delivery.Refused("the mail cannot be written: " + e.getMessage());
    }
    return outbox.write(event.id() + ".eml", message.toByteArray());
  }
}
