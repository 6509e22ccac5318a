package ladder.harness;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP/1.1 client that sends exactly the bytes it is told to, well-formed or not. */
public final class RawHttp implements AutoCloseable {
  /** One answer; header names are found in any case. */
  public record Answer(int status, Map<String, String> headers, String body) {
    /** A header's value, or "". */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** Connects to loopback; no reading waits longer than the limit. */
  public RawHttp(int port, Duration limit) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) limit.toMillis());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Sends these bytes, one for each character. */
  public RawHttp send(String bytes) throws IOException {
    out.write(bytes.getBytes(ISO_8859_1));
    out.flush();
    return this;
  }

  /** Reads one answer with its body. */
  public Answer read() throws IOException {
    return read(false);
  }

  /** Reads one answer; the one to a HEAD request has no body, whatever its length says. */
  public Answer read(boolean head) throws IOException {
    String start = line();
    int status = Integer.parseInt(start.split(" ", 3)[1]);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    byte[] body = head ? new byte[0] : in.readNBytes(length);
    return new Answer(status, headers, new String(body, ISO_8859_1));
  }

  /** Whether the server has ended the connection, with nothing more before that. */
  public boolean ended() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true; // a reset is an end, too
    }
  }

  /** Whether the server ended it in order, not with a reset. */
  public boolean endedInOrder() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended after \"" + line + "\"");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }
}
