package ladder.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import ladder.json.Json;

/**
 * An answer, whole in memory. Immutable by convention: the body is handed to the socket without a
 * copy, so whoever made it must not write to it again.
 */
@SuppressWarnings("ArrayRecordComponent") // answers are written, never compared
public record Response(int status, Map<String, String> headers, byte[] body) {
  private static final byte[] NOTHING = {};
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  /** JSON that is already written, such as {@link Json#write} or the cache gives it. */
  public static Response json(int status, byte[] body) {
    return new Response(status, JSON, body);
  }

  /** An answer without a body. */
  public static Response empty(int status) {
    return new Response(status, Map.of(), NOTHING);
  }

  /** Text of any type, encoded as UTF-8. */
  public static Response text(int status, String contentType, String body) {
    return new Response(status, Map.of("Content-Type", contentType), body.getBytes(UTF_8));
  }

  /** The same answer with a header set. */
  public Response with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, body);
  }
}
