package ladder.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON. Entries outlive the version that wrote them, so unknown members are ignored and
 * optional ones may be missing; {@code v} is there for the day when the meaning of a member
 * changes. JSON also finds a torn page after power loss: pages that never reached the disk read as
 * zeros, which JSON forbids. Thread-safe.
 */
final class Codec {
  private static final int VERSION = 1;

  /** A multiple of what a 64 KiB request body can hold, and far below Chronicle's limit. */
  static final int ENTRY_BYTES_MAX = 256 * 1024;

  private final ObjectMapper mapper = new ObjectMapper();

  byte[] write(Event event) {
    ObjectNode json = mapper.createObjectNode();
    json.put("v", VERSION);
    json.put("id", event.id().toString());
    json.put("action", event.action());
    json.put("userId", event.userId());
    json.put("email", event.email());
    json.put("name", event.name());
    json.put("at", event.at().toString());
    json.put("transactionId", event.transactionId());
    json.put("requestId", event.requestId());
    json.put("traceparent", event.traceparent());
    try {
      byte[] bytes = mapper.writeValueAsBytes(json);
      if (bytes.length > ENTRY_BYTES_MAX) {
        throw new IllegalArgumentException(
            "an entry of " + bytes.length + " bytes is over the bound of " + ENTRY_BYTES_MAX);
      }
      return bytes;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings and numbers is always written", e);
    }
  }

  /** Throws IOException with a reason that carries no personal data. */
  Event read(byte[] bytes) throws IOException {
    JsonNode json;
    try {
      json = mapper.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IOException("not JSON: " + e.getClass().getSimpleName());
    }
    if (json.path("v").asInt(0) > VERSION) {
      throw new IOException("written by a newer version of Ladder: v=" + json.path("v").asInt());
    }
    try {
      return new Event(
          UUID.fromString(required(json, "id")),
          required(json, "action"),
          Long.parseLong(required(json, "userId")),
          required(json, "email"),
          required(json, "name"),
          Instant.parse(required(json, "at")),
          required(json, "transactionId"),
          optional(json, "requestId"),
          optional(json, "traceparent"));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IOException("a member is malformed: " + e.getClass().getSimpleName());
    }
  }

  private static String required(JsonNode json, String member) throws IOException {
    String value = optional(json, member);
    if (value == null) {
      throw new IOException("the member " + member + " is missing");
    }
    return value;
  }

  private static @Nullable String optional(JsonNode json, String member) {
    JsonNode value = json.path(member);
    return value.isValueNode() && !value.isNull() ? value.asText() : null;
  }
}
