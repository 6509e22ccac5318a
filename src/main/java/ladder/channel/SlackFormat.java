package ladder.channel;

import java.util.Map;
import java.util.Optional;
import ladder.journal.Event;
import ladder.journal.Kind;
import ladder.journal.Kind.SignedUp;
import ladder.json.Json;

/** Which kinds post a Slack message and what it says. */
final class SlackFormat {
  private SlackFormat() {}

  /** Empty for a kind that posts none. */
  private static Optional<String> text(Kind kind, long userId) {
    return switch (kind) {
      case SignedUp(String email, String name) ->
          Optional.of(":wave: %s <%s> signed up as user %d".formatted(name, email, userId));
    };
  }

  static boolean posts(Kind kind) {
    return text(kind, 0).isPresent();
  }

  /**
   * The body of the request for a kind that posts. Escapes Slack's own three entities: otherwise
   * {@code <!channel>} in a name would call everybody.
   */
  static byte[] json(Event event) {
    String text =
        text(event.kind(), event.userId())
            .orElseThrow()
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;");
    return Json.write(Map.of("text", text));
  }
}
