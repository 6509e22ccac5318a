package ladder.channel;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import ladder.journal.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The list of channels: what follows a sign-up. A new channel is a class of its own, its name and
 * its opening here, and a setting if it has a receiver. It begins with the oldest entry that the
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
      @Nullable String smtpUrl, String mailFrom, @Nullable URI slackWebhook, Path outbox) {}

  /**
   * The sender of mail as it is set, once it is known to be one.
   *
   * @throws IllegalArgumentException with a sentence that says what it must look like
   */
  public static String sender(String text) {
    var _ = new WelcomeMail(text);
    return text;
  }

  public static List<Channel> open(Receivers to, AuditTrail auditTrail) {
    return List.of(
        to.smtpUrl() == null
            ? Outbox.email(to.mailFrom(), to.outbox().resolve("email"))
            : new EmailChannel(SmtpUrl.parse(to.smtpUrl()), to.mailFrom(), TIMEOUT),
        new AuditChannel(auditTrail),
        to.slackWebhook() == null
            ? Outbox.slack(to.outbox().resolve("slack"))
            : new SlackChannel(to.slackWebhook(), TIMEOUT));
  }
}
