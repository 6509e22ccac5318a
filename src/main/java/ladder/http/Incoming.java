package ladder.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;

/** One request as an engine parsed it, not checked yet, and the way for its answer. */
interface Incoming {
  Head head();

  InetAddress peer();

  /** Blocks until there is something to read; interrupting the reader closes the connection. */
  InputStream body();

  /** Sets a header of the answer, beside those of its {@link Response}. */
  void setHeader(String name, String value);

  /**
   * Writes an answer, head and body together unless it is a stream; throws when the client left.
   *
   * @param bodiless only its head is written
   */
  void send(Response response, boolean bodiless) throws IOException;
}
