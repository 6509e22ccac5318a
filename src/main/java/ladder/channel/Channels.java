package ladder.channel;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import ladder.journal.Channel;
import org.jspecify.annotations.Nullable;

/** The list of channels: what follows a sign-up. A new channel is one more element here. */
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
