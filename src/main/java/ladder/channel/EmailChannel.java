package ladder.channel;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
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
import org.jspecify.annotations.Nullable;

/**
 * Sends the welcome mail over SMTP. The connection is kept for the next mail, since setting one up
 * costs several round trips; an old one is asked with NOOP first. What the server says of the
 * recipient or the content for good (5xx) is the entry's fault; everything else, a refused sender
 * or password included, is the server's or the operator's and is tried again. Used by one thread at
 * a time.
 */
public final class EmailChannel implements Channel, AutoCloseable {
  public static final String NAME = "email";

  private static final int PERMANENT_MIN = 500;

  private final SmtpUrl url;
  private final WelcomeMail mail;
  private final Session session;
  private @Nullable Transport transport;

  /** {@code timeout} bounds each connect, read and write. */
  public EmailChannel(SmtpUrl url, String from, Duration timeout) {
    this.url = url;
    this.mail = new WelcomeMail(from);
    this.session = Session.getInstance(properties(url, timeout));
  }

  private static Properties properties(SmtpUrl url, Duration timeout) {
    String prefix = "mail." + protocol(url) + ".";
    String millis = Long.toString(timeout.toMillis());
    Properties properties = new Properties();
    properties.put(prefix + "connectiontimeout", millis);
    properties.put(prefix + "timeout", millis);
    properties.put(prefix + "writetimeout", millis);
    properties.put(prefix + "ssl.checkserveridentity", "true");
    properties.put(prefix + "starttls.enable", Boolean.toString(url.startTls()));
    properties.put(prefix + "starttls.required", Boolean.toString(url.startTls()));
    properties.put(prefix + "auth", Boolean.toString(url.user() != null));
    return properties;
  }

  private static String protocol(SmtpUrl url) {
    return url.tls() ? "smtps" : "smtp";
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Delivery deliver(Event event) throws InterruptedException {
    MimeMessage message;
    try {
      message = mail.message(session, event);
    } catch (AddressException e) {
      return new Refused("the address can take no mail: " + e.getMessage());
    } catch (MessagingException e) {
      return new Refused("the mail cannot be written: " + e.getMessage());
    }
    try {
      connected().sendMessage(message, message.getAllRecipients());
      return new Delivered();
    } catch (MessagingException e) {
      Delivery verdict = verdict(e);
      if (verdict instanceof Unavailable) {
        close();
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while mail was sent");
      }
      return verdict;
    }
  }

  private Transport connected() throws MessagingException {
    Transport open = transport;
    if (open == null) {
      open = session.getTransport(protocol(url));
      transport = open;
    }
    if (!open.isConnected()) {
      open.connect(url.host(), url.port(), url.user(), url.password());
    }
    return open;
  }

  /** Walks the chain, as the server's answer on a recipient hangs below the failed send. */
  private Delivery verdict(MessagingException failure) {
    if (failure instanceof AuthenticationFailedException) {
      return new Unavailable(url + " does not take the user and password: " + line(failure));
    }
    for (Exception e = failure;
        e != null;
        e = e instanceof MessagingException m ? m.getNextException() : null) {
      boolean permanent =
          switch (e) {
            case SMTPAddressFailedException refused -> permanent(refused.getReturnCode());
            case SMTPSendFailedException refused ->
                !ofSender(refused) && permanent(refused.getReturnCode());
            default -> false;
          };
      if (permanent) {
        return new Refused(line(e));
      }
    }
    return new Unavailable(url + ": " + line(failure));
  }

  /** MAIL FROM names our own address, which the operator chose. */
  private static boolean ofSender(SMTPSendFailedException refused) {
    String command = refused.getCommand();
    return command != null && command.startsWith("MAIL");
  }

  /** 530, 534, 535 and 538 are about us: authentication or encryption is wanted (RFC 4954). */
  private static boolean permanent(int code) {
    return code >= PERMANENT_MIN && !(code >= 530 && code <= 538);
  }

  private static String line(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
  }

  /** Lets the connection go; the next delivery makes another. */
  @Override
  public void close() {
    Transport open = transport;
    transport = null;
    if (open != null) {
      try {
        open.close();
      } catch (MessagingException e) {
        // The connection is gone either way.
      }
    }
  }
}
