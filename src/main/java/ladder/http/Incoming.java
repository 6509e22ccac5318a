package ladder.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as the engine parsed it, not checked, and the way for its answer.
 *
 * @param protocol such as "HTTP/1.1", or whatever stood in its place
 * @param target path and query as sent
 * @param headers found in any case
 * @param body blocks until there is something to read; interrupting the reader closes the
 *     connection
 */
record Incoming(
    String method,
    String protocol,
    String target,
    Map<String, List<String>> headers,
    InetAddress peer,
    InputStream body,
    Reply reply) {

  /** Where the answer goes. */
  interface Reply {
    /**
     * Writes an answer, head and body together; throws when the client left.
     *
     * @param bodiless only its head is written; the engine ends such an exchange with it
     * @param last whether the request's body is at its end, so that nothing is to be read after it
     */
    void send(Response response, boolean bodiless, boolean last) throws IOException;

    /** Ends the exchange; idempotent. */
    void end() throws IOException;
  }

  /** The first value of a header. */
  @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(0);
  }

  String path() {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }
}
