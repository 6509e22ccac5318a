package ladder.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import ladder.journal.Event;

/** The text for Slack as the JSON that an incoming webhook takes. Thread-safe. */
final class SlackMessage {
  private final ObjectMapper mapper = new ObjectMapper();

  byte[] json(Event event) {
    String text =
        ":wave: %s <%s> signed up as user %d"
            .formatted(event.name(), event.email(), event.userId());
    try {
      return mapper.writeValueAsBytes(Map.of("text", escaped(text)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings is always written", e);
    }
  }

  /** Slack's own three entities: otherwise {@code <!channel>} in a name would call everybody. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
