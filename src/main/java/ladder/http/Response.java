package ladder.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import ladder.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An answer, whole in memory but for a {@link Stream}. Immutable by convention: the body is handed
 * to the socket without a copy, so whoever made it must not write to it again.
 *
 * @param headers in the order in which they were set; of one that was set twice, the last counts
 * @param stream writes the body in place of {@code body}; null for an answer that is whole
 * @param caller names the key of whoever asked, for the access log; null when it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // answers are written, never compared
public record Response(
    int status,
    List<Header> headers,
    byte[] body,
    @Nullable Stream stream,
    @Nullable String caller) {
  /** Writes a body that is not known when its head is sent, such as server-sent events. */
  @FunctionalInterface
  public interface Stream {
    /**
     * Called on the request's thread once the head is sent; what it flushes leaves at once. It may
     * wait, since a stream counts neither for admission nor for draining: closing the listener
     * interrupts it. It must end within the engine's bound for an answer, 60 s.
     *
     * @throws IOException when the client left, or on interruption
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /** A header of an answer; HTTP must be able to carry its value (RFC 9110, 5.5). */
  public record Header(String name, String value) {
    public Header {
      if (!HeadCheck.all(value, c -> HeadCheck.isVisible(c) && c <= 0xff)) {
        throw new IllegalArgumentException("a value of " + name + " that HTTP cannot carry");
      }
    }
  }

  private static final byte[] NOTHING = {};
  private static final List<Header> JSON = List.of(new Header("Content-Type", "application/json"));

  /** JSON that is already written, such as {@link Json#write} or the cache gives it. */
  public static Response json(int status, byte[] body) {
    return new Response(status, JSON, body, null, null);
  }

  /** An answer without a body. */
  public static Response empty(int status) {
    return new Response(status, List.of(), NOTHING, null, null);
  }

  /** Text of any type, encoded as UTF-8. */
  public static Response text(int status, String contentType, String body) {
    Header type = new Header("Content-Type", contentType);
    return new Response(status, List.of(type), body.getBytes(UTF_8), null, null);
  }

  /** An answer of 200 whose body is written bit by bit. */
  public static Response stream(String contentType, Stream stream) {
    return new Response(
        200, List.of(new Header("Content-Type", contentType)), NOTHING, stream, null);
  }

  /** The same answer with a header set. */
  public Response with(String name, String value) {
    List<Header> more = new ArrayList<>(headers.size() + 1);
    more.addAll(headers);
    more.add(new Header(name, value));
    return new Response(status, more, body, stream, caller);
  }

  /** The same answer, to whoever has the key of this name. */
  public Response to(String caller) {
    return new Response(status, headers, body, stream, caller);
  }
}
