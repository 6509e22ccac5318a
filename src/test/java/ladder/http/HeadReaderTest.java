package ladder.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads and bodies as bytes, however the network cuts them. */
class HeadReaderTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";

  /** Gives at most so many bytes at a time. */
  private static Input cut(String bytes, int most) {
    InputStream whole = new ByteArrayInputStream(bytes.getBytes(ISO_8859_1));
    return new Input(
        new InputStream() {
          @Override
          public int read() throws IOException {
            return whole.read();
          }

          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            return whole.read(to, offset, Math.min(length, most));
          }
        });
  }

  private static Head head(String bytes) throws IOException {
    return HeadReader.read(cut(bytes, Integer.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 5_000})
  void readsPipelinedRequestsWhereverTheyAreCut(int most) throws IOException {
    String long1 = "x".repeat(3_000);
    Input in =
        cut(
            "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-A:  one \t\r\nx-a:two\r\nX-Long: "
                + long1
                + "\r\nContent-Length: 5\r\n\r\nhello\r\n"
                + "GET http://h/b HTTP/1.0\r\nEmpty:\r\n\r\n"
                + "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n"
                + "GET /d HTTP/1.1\r\n\r\n",
            most);
    Head first = HeadReader.read(in);
    assertNull(first.fault);
    assertEquals("POST /a?b=c HTTP/1.1", line(first));
    assertEquals("/a", first.path());
    assertEquals("one", first.header("X-A"));
    assertEquals(List.of("one", "two"), first.headers("x-A"));
    assertEquals(long1, first.header("x-long"));
    assertEquals(List.of(), first.headers("none"));
    assertEquals("hello", text(new BodyInput(first, in)));
    Head second = HeadReader.read(in);
    assertEquals("GET /b HTTP/1.0", line(second), "behind an empty line");
    assertEquals("", second.header("Empty"));
    assertEquals("", text(new BodyInput(second, in)));
    Head third = HeadReader.read(in);
    assertEquals("abc0123456789", text(new BodyInput(third, in)));
    assertEquals("GET /d HTTP/1.1", line(HeadReader.read(in)));
    assertTrue(!in.awaitByte());
  }

  private static String line(Head head) {
    return head.method + " " + head.target + " " + head.protocol;
  }

  private static String text(BodyInput body) throws IOException {
    String text = new String(body.readAllBytes(), ISO_8859_1);
    assertTrue(body.ended());
    assertEquals(0, body.available());
    return text;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "\nGET / HTTP/1.1\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        " GET / HTTP/1.1\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n",
        "G\0T / HTTP/1.1\r\n\r\n",
        "G\u00e9T / HTTP/1.1\r\n\r\n",
        GET + "no colon\r\n\r\n",
        GET + ": no name\r\n\r\n",
        GET + "Space : a\r\n\r\n",
        GET + "X: a\r\n folded\r\n\r\n",
        GET + "X: a\r\n\tfolded: b\r\n\r\n",
        GET + "X\0: a\r\n\r\n",
        GET + "X\u00e9: a\r\n\r\n",
        GET + "Content-Length: \r\n\r\n",
        GET + "Content-Length: 1 2\r\n\r\n",
        GET + "Content-Length: 0x1\r\n\r\n",
        GET + "Content-Length: +1\r\n\r\n",
        GET + "Content-Length: -1\r\n\r\n",
        GET + "Content-Length: 1,1\r\n\r\n",
        GET + "Content-Length: 9999999999999999999\r\n\r\n",
        GET + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
        GET + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + "Transfer-Encoding: gzip, chunked\r\n\r\n",
        GET + "Transfer-Encoding: identity\r\n\r\n",
        GET + "Transfer-Encoding: chunked,\r\n\r\n",
        GET + "Transfer-Encoding:\r\n\r\n",
        "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
      })
  void refusesWhatTwoReadersCouldTakeForDifferentRequests(String bytes) throws IOException {
    Head head = head(bytes);
    assertNotNull(head.fault, bytes);
    assertEquals(ProblemType.BAD_REQUEST, head.fault.type());
    assertEquals(0, head.headers(), "so that it has no body");
    assertThrows(ProblemException.class, () -> HeadCheck.check(head));
  }

  @Test
  void refusesHeadsWithoutEnd() throws IOException {
    String large = "x".repeat(2 * HeadCheck.BYTES_MAX + 1);
    for (String bytes : List.of(large, "GET /" + large, GET + "X: " + large, many())) {
      Head head = head(bytes);
      assertNotNull(head.fault);
      assertEquals(ProblemType.HEADERS_TOO_LARGE, head.fault.type());
    }
  }

  private static String many() {
    return GET + "X: a\r\n".repeat(2 * HeadCheck.HEADERS_MAX + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET", "GET / HTTP/1.1\r\n", GET + "X: a", GET + "X: a\r\n"})
  void doesNotAnswerWhoLeavesInTheMiddle(String bytes) {
    assertThrows(EOFException.class, () -> head(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "1 \n",
        "1x\r\na\r\n0\r\n\r\n",
        "1\r\nab\r\n0\r\n\r\n",
        "1\r\na\n0\r\n\r\n",
        "00000001\r\na\r\n0\r\n\r\n",
        "10000000\r\n",
        "0\r\nTrailer: a\r\n\r\n"
      })
  void refusesChunksThatAreMalformed(String chunks) throws IOException {
    Input in = cut(GET + "Transfer-Encoding: chunked\r\n\r\n" + chunks, 5);
    BodyInput body = new BodyInput(HeadReader.read(in), in);
    assertThrows(Input.Malformed.class, body::readAllBytes);
    assertTrue(!body.ended());
  }

  @Test
  void aBodyThatIsBrokenOffDoesNotLookWhole() throws IOException {
    for (String half :
        List.of("Content-Length: 5\r\n\r\nhell", "Transfer-Encoding: chunked\r\n\r\n5\r\nhell")) {
      Input in = cut(GET + half, 5);
      BodyInput body = new BodyInput(HeadReader.read(in), in);
      assertThrows(EOFException.class, body::readAllBytes);
      assertTrue(!body.ended());
    }
  }
}
