package ladder.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.util.StreamProvider;
import java.io.UnsupportedEncodingException;
import java.util.Date;
import java.util.Optional;
import ladder.journal.Delivery.Refused;
import ladder.journal.Event;
import ladder.journal.Kind;
import ladder.journal.Kind.SignedUp;
import org.eclipse.angus.mail.util.MailStreamProvider;

/**
 * Which kinds send a mail and what it says, as an RFC 5322 message. The same event always makes the
 * same Message-ID and date, so that a receiver can tell a repeat. Thread-safe.
 */
final class MailFormat {
  static {
    // Otherwise the library looks for it on the class path several times for each message.
    String _ =
        System.setProperty(StreamProvider.class.getName(), MailStreamProvider.class.getName());
  }

  private record Mail(String address, String name, String subject, String text) {}

  private final InternetAddress from;

  /** Throws IllegalArgumentException when {@code from} is no address. */
  MailFormat(String from) {
    try {
      this.from = new InternetAddress(from, true);
    } catch (AddressException e) {
      throw new IllegalArgumentException(
          "must be an address such as Ladder <hello@example.com>", e);
    }
  }

  /** Empty for a kind that sends none. */
  private static Optional<Mail> mail(Kind kind) {
    return switch (kind) {
      case SignedUp(String email, String fullName) -> {
        String name = singleLine(fullName);
        yield Optional.of(
            new Mail(email, name, "Welcome, " + name, welcome(name, singleLine(email))));
      }
    };
  }

  private static String welcome(String name, String email) {
    return """
    Hello %s,

    your account is ready. You signed up with the address %s.

    If that was not you, answer this mail and we remove the account.
    """
        .formatted(name, email);
  }

  static boolean sends(Kind kind) {
    return mail(kind).isPresent();
  }

  /** The message of a kind that sends one; throws AddressException when nobody can receive it. */
  MimeMessage message(Session session, Event event) throws MessagingException {
    Mail mail = mail(event.kind()).orElseThrow();
    String address = from.getAddress();
    String id = "<" + event.id() + address.substring(address.lastIndexOf('@')) + ">";
    MimeMessage message = new MimeMessage(session);
    InternetAddress recipient = new InternetAddress(mail.address(), true);
    try {
      recipient.setPersonal(mail.name(), UTF_8.name());
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError("every Java knows UTF-8", e);
    }
    message.setFrom(from);
    message.setRecipient(Message.RecipientType.TO, recipient);
    message.setSubject(mail.subject(), UTF_8.name());
    message.setSentDate(Date.from(event.at()));
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setText(mail.text(), UTF_8.name());
    message.saveChanges();
    // Last, since saving makes a new one.
    message.setHeader("Message-ID", id);
    return message;
  }

  /** A line break in a header would begin a header of the sender's choice. */
  private static String singleLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }

  /** A message that could not be made cannot be made the next time either. */
  static Refused refusal(MessagingException e) {
    String what = e instanceof AddressException ? "address can take no mail" : "mail can't be made";
    return new Refused("the " + what + ": " + e.getMessage());
  }
}
