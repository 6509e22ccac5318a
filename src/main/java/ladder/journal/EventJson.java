package ladder.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import ladder.json.Json;
import ladder.json.MalformedJsonException;

/**
 * Events as JSON objects, the kind's members beside the others. Entries outlive the version that
 * wrote them: unknown members are ignored, optional ones may be missing, and {@code v} rises on the
 * day when the meaning of a member changes. JSON also finds a page that a power loss kept from the
 * disk: it reads as zeros, which JSON forbids. Thread-safe.
 */
public final class EventJson {
  private static final int VERSION = 1;

  private EventJson() {}

  public static byte[] write(Event event) {
    Map<String, Object> members = members(event);
    members.put("v", VERSION);
    return Json.write(members);
  }

  /** All that an event says, in the order in which it is shown. */
  public static Map<String, Object> members(Event event) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", event.id().toString());
    members.put("action", event.kind().action());
    members.put("userId", event.userId());
    members.putAll(new TreeMap<>(event.kind().detail()));
    members.put("at", event.at());
    members.put("transactionId", event.transactionId());
    members.put("requestId", event.requestId());
    members.put("traceparent", event.traceparent());
    return members;
  }

  /**
   * Reads what any version up to this one wrote.
   *
   * @throws MalformedJsonException with a reason that carries no personal data
   */
  public static Event read(byte[] bytes) {
    JsonNode json = Json.read(bytes);
    int version = json.path("v").asInt(0);
    if (version > VERSION) {
      throw new MalformedJsonException("was written by a newer version of Ladder: v=" + version);
    }
    try {
      return new Event(
          UUID.fromString(json.required("id").asText()),
          Kind.read(json.required("action").asText(), json),
          Long.parseLong(json.required("userId").asText()),
          Instant.parse(json.required("at").asText()),
          json.required("transactionId").asText(),
          json.path("requestId").textValue(),
          json.path("traceparent").textValue());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new MalformedJsonException("is not an event: " + e.getClass().getSimpleName());
    }
  }
}
