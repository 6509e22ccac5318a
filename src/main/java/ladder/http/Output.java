package ladder.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import ladder.http.Response.Header;

/** What a client is sent: an answer's head and body leave in one write. Not thread-safe. */
final class Output {
  private static final byte[] PROCEED = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);

  /** Holds the head and the body of most answers; larger bodies follow in a write of their own. */
  private static final int BYTES = 2_048;

  private final OutputStream out;
  private byte[] buffer = new byte[BYTES];
  private int length;

  Output(OutputStream out) {
    this.out = out;
  }

  /** Tells a client that waits with its body to send it (RFC 9110, 10.1.1). */
  void proceed() throws IOException {
    out.write(PROCEED);
  }

  /** Begins an answer. Of a header that is there twice, the last counts. */
  void head(int status, byte[] date, List<Header> headers) {
    text("HTTP/1.1 ").text(Integer.toString(status)).text(" ").text(reason(status)).text("\r\n");
    append(date);
    for (int i = 0; i < headers.size(); i++) {
      Header header = headers.get(i);
      if (!isSetLater(header.name(), headers, i + 1)) {
        text(header.name()).text(": ").text(header.value()).text("\r\n");
      }
    }
  }

  private static boolean isSetLater(String name, List<Header> headers, int from) {
    for (int i = from; i < headers.size(); i++) {
      if (headers.get(i).name().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  /** Appends Latin-1, which is what a header may hold ({@link Header}). */
  Output text(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      buffer[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  private void append(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void reserve(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + more));
    }
  }

  /** Sends what was begun, and the body with it. */
  void send(byte[] body) throws IOException {
    if (length + body.length <= BYTES) {
      append(body);
      flush();
    } else {
      flush();
      out.write(body);
    }
  }

  private void flush() throws IOException {
    out.write(buffer, 0, length);
    length = 0;
  }

  /** Sends what was begun, and a body bit by bit; the connection's end ends it if not in chunks. */
  void stream(Response.Stream body, boolean inChunks) throws IOException {
    flush();
    if (inChunks) {
      OutputStream chunks = new BufferedOutputStream(new Chunks());
      body.writeTo(chunks);
      chunks.flush();
      out.write(LAST_CHUNK);
    } else {
      body.writeTo(out);
    }
  }

  /** Makes a chunk of each write (RFC 9112, 7.1). */
  private final class Chunks extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      if (count > 0) { // a chunk of none would be the last
        text(Integer.toHexString(count)).text("\r\n");
        append(Arrays.copyOfRange(bytes, offset, offset + count));
        text("\r\n");
        Output.this.flush();
      }
    }
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 204 -> "No Content";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> ""; // may be empty (RFC 9112, 4)
    };
  }
}
