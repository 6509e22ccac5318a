package ladder.channel;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import ladder.journal.Channel;
import ladder.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The list of channels: where effects go. A new channel is a class of its own, its name and its
 * opening here, and a setting if it has a receiver. It begins with the oldest entry that the
 * journal still holds.
 */
public final class Channels {
  /** The names in the same order, for whoever asks without delivering. */
  public static final List<String> NAMES =
      List.of(EmailChannel.NAME, AuditChannel.NAME, SlackChannel.NAME);

  /** Long enough for a mail server that greets slowly on purpose. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private Channels() {}

  /**
   * Where messages go.
   *
   * @param smtpUrl null: files in {@code outbox/email}
   * @param slackWebhook null: files in {@code outbox/slack}
   */
  public record Receivers(
      @Nullable SmtpUrl smtpUrl, @Nullable URI slackWebhook, String mailFrom, Path outbox) {
    public static Receivers from(Settings s, Path outbox) {
      return new Receivers(
          s.optional("LADDER_SMTP_URL", SmtpUrl::parse),
          s.optional("LADDER_SLACK_WEBHOOK_URL", Channels::webhook),
          s.required("LADDER_MAIL_FROM", Channels::sender),
          outbox);
    }
  }

  /** The sender of mail as it is set, once it is known to be one. */
  private static String sender(String text) {
    var _ = new MailFormat(text);
    return text;
  }

  private static URI webhook(String text) {
    try {
      URI uri = new URI(text);
      if (text.matches("https?://[!-~]+") && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Its message would show the URL, which is a secret.
    }
    throw new IllegalArgumentException("must look like https://host/path");
  }

  public static List<Channel> open(Receivers to) {
    return List.of(
        to.smtpUrl() == null
            ? Outbox.email(to.mailFrom(), to.outbox().resolve("email"))
            : new EmailChannel(to.smtpUrl(), to.mailFrom(), TIMEOUT),
        new AuditChannel(),
        to.slackWebhook() == null
            ? Outbox.slack(to.outbox().resolve("slack"))
            : new SlackChannel(to.slackWebhook(), TIMEOUT));
  }
}
