package ladder.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import ladder.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An answer, whole in memory. Immutable by convention: the body is handed to the socket without a
 * copy, so whoever made it must not write to it again.
 *
 * @param caller names the key of whoever asked, for the access log; null when it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // answers are written, never compared
public record Response(int status, Headers headers, byte[] body, @Nullable String caller) {
  private static final byte[] NOTHING = {};
  private static final Headers JSON = Headers.NONE.with("Content-Type", "application/json");

  public Response(int status, Headers headers, byte[] body) {
    this(status, headers, body, null);
  }

  /** JSON that is already written, such as {@link Json#write} or the cache gives it. */
  public static Response json(int status, byte[] body) {
    return new Response(status, JSON, body);
  }

  /** An answer without a body. */
  public static Response empty(int status) {
    return new Response(status, Headers.NONE, NOTHING);
  }

  /** Text of any type, encoded as UTF-8. */
  public static Response text(int status, String contentType, String body) {
    return new Response(
        status, Headers.NONE.with("Content-Type", contentType), body.getBytes(UTF_8));
  }

  /** The same answer with a header set; see {@link Headers#with}. */
  public Response with(String name, String value) {
    return new Response(status, headers.with(name, value), body, caller);
  }

  /** The same answer, to whoever has the key of this name. */
  public Response to(String caller) {
    return new Response(status, headers, body, caller);
  }
}
