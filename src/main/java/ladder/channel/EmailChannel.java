package ladder.channel;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.Properties;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Event;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/**
 * Sends the welcome mail over SMTP. The connection is kept for the next mail, since setting one up
 * costs several round trips. What the server says of the recipient or the content for good (5xx) is
 * the entry's fault; everything else, a refused sender or password included, is the server's or the
 * operator's and is tried again. Thread-safe: one mail at a time.
 */
final class EmailChannel implements Channel {
  static final String NAME = "email";

  private final SmtpUrl url;
  private final WelcomeMail mail;
  private final Session session;
  private final Transport transport;

  /** {@code timeout} bounds each connect, read and write. */
  EmailChannel(SmtpUrl url, String from, Duration timeout) {
    this.url = url;
    this.mail = new WelcomeMail(from);
    String millis = Long.toString(timeout.toMillis());
    Properties properties = new Properties();
    properties.put("mail.smtp.connectiontimeout", millis);
    properties.put("mail.smtp.timeout", millis);
    properties.put("mail.smtp.writetimeout", millis);
    properties.put("mail.smtp.ssl.enable", Boolean.toString(url.tls()));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.starttls.enable", Boolean.toString(url.startTls()));
    properties.put("mail.smtp.starttls.required", Boolean.toString(url.startTls()));
    properties.put("mail.smtp.auth", Boolean.toString(url.user() != null));
    this.session = Session.getInstance(properties);
    try {
      this.transport = session.getTransport("smtp");
    } catch (MessagingException e) {
      throw new IllegalStateException("Jakarta Mail comes with SMTP", e);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public synchronized Delivery deliver(Event event) {
    MimeMessage message;
    try {
      message = mail.message(session, event);
    } catch (MessagingException e) {
      return WelcomeMail.refusal(e);
    }
    try {
      // Asks a connection that was kept with NOOP.
      if (!transport.isConnected()) {
        transport.connect(url.host(), url.port(), url.user(), url.password());
      }
      transport.sendMessage(message, message.getAllRecipients());
      return new Delivered();
    } catch (MessagingException e) {
      Delivery verdict = verdict(e);
      if (verdict instanceof Unavailable) {
        close();
      }
      return verdict;
    }
  }

  /** Walks the chain, as the server's answer on a recipient hangs below the failed send. */
  private Delivery verdict(MessagingException failure) {
    if (failure instanceof AuthenticationFailedException) {
      return new Unavailable(url + " does not take the user and password: " + line(failure));
    }
    for (Exception e = failure; e instanceof MessagingException m; e = m.getNextException()) {
      if (isOfTheEntry(m)) {
        return new Refused(line(m));
      }
    }
    return new Unavailable(url + ": " + line(failure) + cause(failure));
  }

  /** What lies at the bottom: a certificate that nobody vouches for is told nowhere else. */
  private static String cause(Exception failure) {
    Throwable root = failure.getCause();
    if (root == null) {
      return "";
    }
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return " (" + String.valueOf(root.getMessage()).strip() + ")";
  }

  private static boolean isOfTheEntry(MessagingException e) {
    return switch (e) {
      case SMTPAddressFailedException refused -> permanent(refused.getReturnCode());
      // MAIL FROM names our own address, which the operator chose.
      case SMTPSendFailedException refused ->
          permanent(refused.getReturnCode())
              && !String.valueOf(refused.getCommand()).startsWith("MAIL");
      default -> false;
    };
  }

  /** 530 to 538 are about us: authentication or encryption is wanted (RFC 4954). */
  private static boolean permanent(int code) {
    return code >= 500 && !(code >= 530 && code <= 538);
  }

  private static String line(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
  }

  /** Lets the connection go; the next delivery makes another. */
  @Override
  public void close() {
    try {
      transport.close();
    } catch (MessagingException e) {
      // The connection is gone either way.
    }
  }
}
