package ladder.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;

/**
 * Events as JSON. Entries outlive the version that wrote them: unknown members are ignored,
 * optional ones may be missing, and {@code v} rises on the day when the meaning of a member
 * changes. JSON also finds a page that a power loss kept from the disk: it reads as zeros, which
 * JSON forbids. Thread-safe.
 */
public final class EventJson {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private EventJson() {}

  public static byte[] write(Event event) {
    JsonNode json =
        MAPPER
            .createObjectNode()
            .put("v", VERSION)
            .put("id", event.id().toString())
            .put("action", event.action())
            .put("userId", event.userId())
            .put("email", event.email())
            .put("name", event.name())
            .put("at", event.at().toString())
            .put("transactionId", event.transactionId())
            .put("requestId", event.requestId())
            .put("traceparent", event.traceparent());
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings and numbers is always written", e);
    }
  }

  /** Throws IOException with a reason that carries no personal data. */
  public static Event read(byte[] bytes) throws IOException {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      int version = json.path("v").asInt(0);
      if (version > VERSION) {
        throw new IOException("written by a newer version of Ladder: v=" + version);
      }
      return new Event(
          UUID.fromString(json.required("id").asText()),
          json.required("action").asText(),
          Long.parseLong(json.required("userId").asText()),
          json.required("email").asText(),
          json.required("name").asText(),
          Instant.parse(json.required("at").asText()),
          json.required("transactionId").asText(),
          json.path("requestId").textValue(),
          json.path("traceparent").textValue());
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeParseException e) {
      throw new IOException("not an event: " + e.getClass().getSimpleName());
    }
  }
}
