package ladder.channel;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingDeque;
import ladder.failure.RootCause;
import ladder.journal.Channel;
import ladder.journal.Delivery;
import ladder.journal.Delivery.Deferred;
import ladder.journal.Delivery.Delivered;
import ladder.journal.Delivery.Refused;
import ladder.journal.Delivery.Unavailable;
import ladder.journal.Event;
import ladder.journal.Kind;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * Sends mail over SMTP. Connections are kept for the next mails, since setting one up costs several
 * round trips; each carries one mail at a time, so there are as many as deliveries under way. What
 * the server says of the recipient or the content counts for this mail alone: 5xx refuses it, 4xx
 * (greylisting, a full mailbox) defers it and holds no other. Everything else, a refused sender or
 * password included, is the server's or the operator's fault and makes it unavailable. Thread-safe.
 */
final class EmailChannel implements Channel {
  static final String NAME = "email";

  /** The server is about to close the connection, whatever it answers to (RFC 5321). */
  private static final int CLOSING = 421;

  private final SmtpUrl url;
  private final MailFormat format;
  private final Session session;

  /** Connections without a mail; the one used last comes first, so that others may grow idle. */
  private final LinkedBlockingDeque<Transport> idle = new LinkedBlockingDeque<>(CONCURRENCY_MAX);

  /** {@code timeout} bounds each connect, read and write. */
  EmailChannel(SmtpUrl url, String from, Duration timeout) {
    this.url = url;
    this.format = new MailFormat(from);
    String millis = Long.toString(timeout.toMillis());
    Properties properties = new Properties();
    properties.put("mail.smtp.connectiontimeout", millis);
    properties.put("mail.smtp.timeout", millis);
    properties.put("mail.smtp.writetimeout", millis);
    // Closing many connections to a silent server must not take a timeout for each.
    properties.put("mail.smtp.quitwait", "false");
    properties.put("mail.smtp.ssl.enable", Boolean.toString(url.tls()));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.starttls.enable", Boolean.toString(url.startTls()));
    properties.put("mail.smtp.starttls.required", Boolean.toString(url.startTls()));
    properties.put("mail.smtp.auth", Boolean.toString(url.user() != null));
    this.session = Session.getInstance(properties);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean wants(Kind kind) {
    return MailFormat.sends(kind);
  }

  @Override
  public Delivery deliver(Event event) {
    MimeMessage message;
    try {
      message = format.message(session, event);
    } catch (MessagingException e) {
      return MailFormat.refusal(e);
    }
    Transport kept = idle.pollFirst();
    Transport transport = kept == null ? new SMTPTransport(session, null) : kept;
    Delivery outcome = send(message, transport);
    if (outcome instanceof Unavailable || !idle.offerFirst(transport)) {
      close(transport);
    }
    return outcome;
  }

  private Delivery send(MimeMessage message, Transport transport) {
    try {
      // Asks a connection that was kept with NOOP.
      if (!transport.isConnected()) {
        transport.connect(url.host(), url.port(), url.user(), url.password());
      }
      transport.sendMessage(message, message.getAllRecipients());
      return new Delivered();
    } catch (MessagingException e) {
      return outcome(e);
    }
  }

  /** Walks the chain, as the server's answer on a recipient hangs below the failed send. */
  private Delivery outcome(MessagingException failure) {
    if (failure instanceof AuthenticationFailedException) {
      return new Unavailable(url + " does not take the user and password: " + line(failure));
    }
    for (Exception e = failure; e instanceof MessagingException m; e = m.getNextException()) {
      int code = codeOnThisMail(m);
      if (code >= 500) {
        return new Refused(line(m));
      } else if (code >= 400) {
        return new Deferred(line(m));
      }
    }
    return new Unavailable(url + ": " + line(failure) + cause(failure));
  }

  /** The server's answer on this recipient or content, or 0 when it is about something else. */
  private static int codeOnThisMail(MessagingException e) {
    int code =
        switch (e) {
          case SMTPAddressFailedException failed -> failed.getReturnCode();
          // MAIL FROM names our own address, which the operator chose.
          case SMTPSendFailedException failed ->
              String.valueOf(failed.getCommand()).startsWith("MAIL") ? 0 : failed.getReturnCode();
          default -> 0;
        };
    // 530 to 538 are about us: authentication or encryption is wanted (RFC 4954).
    return code == CLOSING || (code >= 530 && code <= 538) ? 0 : code;
  }

  /** The last cause: only it says that a certificate is not trusted. */
  private static String cause(Exception failure) {
    return failure.getCause() == null ? "" : " (" + RootCause.message(failure).strip() + ")";
  }

  private static String line(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
  }

  private static void close(Transport transport) {
    try {
      transport.close();
    } catch (MessagingException e) {
      // The connection is gone either way.
    }
  }

  /** Closes the idle connections; a later delivery makes another. */
  @Override
  public void close() {
    for (Transport t = idle.pollFirst(); t != null; t = idle.pollFirst()) {
      close(t);
    }
  }
}
