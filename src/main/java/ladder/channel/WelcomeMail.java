package ladder.channel;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.util.Date;
import ladder.journal.Event;

/**
 * The welcome mail as an RFC 5322 message. The same event always makes the same Message-ID and
 * date, so that a receiver can tell a repeat. Immutable, thread-safe.
 */
final class WelcomeMail {
  private static final String UTF_8 = "UTF-8";

  private final InternetAddress from;
  private final String domain;

  /** Throws IllegalArgumentException when {@code from} is no address. */
  WelcomeMail(String from) {
    try {
      InternetAddress[] parsed = InternetAddress.parse(from, true);
      if (parsed.length != 1) {
        throw new IllegalArgumentException(fromIsWrong());
      }
      this.from = parsed[0];
      this.from.validate();
    } catch (AddressException e) {
      throw new IllegalArgumentException(fromIsWrong(), e);
    }
    String address = this.from.getAddress();
    if (address.indexOf('@') < 0) {
      throw new IllegalArgumentException(fromIsWrong());
    }
    this.domain = address.substring(address.lastIndexOf('@') + 1);
  }

  private static String fromIsWrong() {
    return "the sender of mail must be one address: write Name <name@example.org>";
  }

  /** Throws AddressException when the event's address can take no mail. */
  MimeMessage message(Session session, Event event) throws MessagingException {
    String name = singleLine(event.name());
    MimeMessage message = new StableMessage(session, "<" + event.id() + "@" + domain + ">");
    message.setFrom(from);
    message.setRecipient(Message.RecipientType.TO, recipient(event.email(), name));
    message.setSubject("Welcome, " + name, UTF_8);
    message.setSentDate(Date.from(event.at()));
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setText(text(name, event.email()), UTF_8);
    message.saveChanges();
    return message;
  }

  private static InternetAddress recipient(String email, String name) throws MessagingException {
    InternetAddress address = new InternetAddress(email, true);
    try {
      address.setPersonal(name, UTF_8);
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError("every Java knows UTF-8", e);
    }
    return address;
  }

  private static String text(String name, String email) {
    return """
    Hello %s,

    your account is ready. You signed up with the address %s.

    If that was not you, answer this mail and we remove the account.
    """
        .formatted(name, singleLine(email));
  }

  /** A line break in a header would begin a header of the sender's choice. */
  private static String singleLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }

  /** Jakarta Mail makes a new Message-ID at every save, unless it is overridden here. */
  private static final class StableMessage extends MimeMessage {
    private final String messageId;

    StableMessage(Session session, String messageId) {
      super(session);
      this.messageId = messageId;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", messageId);
    }
  }
}
