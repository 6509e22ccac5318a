package ladder.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import ladder.harness.LadderClient;
import ladder.harness.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, UTF_8);

  private String printed() {
    return printed.toString(UTF_8);
  }

  private static URI url(int port) {
    return Doctor.url("http://127.0.0.1:" + port);
  }

  private String refusal(URI url, String token, Duration waitMax) {
    Doctor doctor = new Doctor(out, waitMax);
    String sentence =
        assertThrows(IOException.class, () -> doctor.run(url, token, false)).getMessage();
    assertEquals("", printed());
    assertEquals(1, sentence.lines().count(), sentence);
    return sentence;
  }

  @Test
  void printsTheVerdictForAPersonAndForAMachine() throws Exception {
    try (TestApp app = TestApp.start()) {
      assertEquals(0, new Doctor(out).run(url(app.adminPort()), null, false));
      assertTrue(printed().startsWith("This node is bound by nothing ("), printed());
      assertTrue(printed().contains("\nNext rung: none.\n"), printed());
      assertTrue(printed().contains("\n  cpu.own "), printed());
      printed.reset();
      assertEquals(0, new Doctor(out).run(url(app.adminPort()), null, true));
      assertEquals("idle", LadderClient.json(printed()).get("bound").textValue());
      assertEquals(1, printed().lines().count());
    }
  }

  @Test
  void showsMissingIndexesAndNoControlCharacters() {
    new Diagnosis(
            LadderClient.json(
                """
                {"bound":"io","on":"replica","confidence":0.9,"rung":"database",
                 "advice":"\\u001b[2Jmake it","since":"2026-11-24T12:00:00Z","evidence":[],
                 "indexes":[{"table":"t","statement":"CREATE INDEX a ON t (b)","scans":7}]}
                """))
        .print(out);
    assertTrue(printed().contains("I/O-bound, on: replica (90 % sure"), printed());
    assertTrue(printed().contains("  CREATE INDEX a ON t (b);\n"), printed());
    assertTrue(printed().contains("7 times"), printed());
    assertTrue(printed().chars().noneMatch(c -> c == 0x1b), printed());
  }

  @Test
  void saysThatATokenIsNeededOrWrong() throws Exception {
    try (TestApp app = TestApp.start(Map.of("LADDER_ADMIN_TOKEN", "secret"))) {
      URI url = url(app.adminPort());
      assertTrue(refusal(url, null, PATIENCE).contains("needs a token: set LADDER_ADMIN_TOKEN"));
      assertTrue(refusal(url, "guess", PATIENCE).contains("does not take the token"));
      assertEquals(0, new Doctor(out).run(url, "secret", false));
    }
  }

  @Test
  void saysThatItIsThePublicListener() {
    try (TestApp app = TestApp.start()) {
      assertTrue(refusal(url(app.port()), null, PATIENCE).contains("is Ladder's public listener"));
    }
  }

  @Test
  void saysThatNothingAnswers() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertTrue(refusal(url(port), null, PATIENCE).contains("nothing answers at"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n"
      })
  void saysThatItIsNoLadder(String answer) throws Exception {
    try (ServerSocket server = answering(answer)) {
      assertTrue(refusal(url(server.getLocalPort()), null, PATIENCE).contains("is no Ladder"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"})
  void doesNotWaitForEver(String answer) throws Exception {
    try (ServerSocket server = answering(answer)) {
      assertTrue(
          refusal(url(server.getLocalPort()), null, MOMENT).contains("does not answer within"));
    }
  }

  /** Answers everybody so, and leaves the connection open. */
  private static ServerSocket answering(String answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) {
                      Socket client = server.accept();
                      client.getOutputStream().write(answer.getBytes(UTF_8));
                    }
                  } catch (IOException e) {
                    // The test is over.
                  }
                });
    return server;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "foo", "127.0.0.1:8081", "ftp://host", "http://", "http://a b"})
  void refusesWhatIsNoUrl(String text) {
    assertThrows(IllegalArgumentException.class, () -> Doctor.url(text));
  }
}
