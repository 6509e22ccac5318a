package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import ladder.harness.RawHttp;
import ladder.harness.RawHttp.Answer;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a web page in the operator's browser cannot do, and how the operator signs in. */
class AccessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String TOKEN = "s3cret-token";
  private static final String BEARER = "Authorization: Bearer " + TOKEN + "\r\n";
  private static final String HTML = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
  private static final String KEY = "{\"name\":\"intruder\"}";

  private static TestApp open;
  private static TestApp locked;

  @BeforeAll
  static void start() {
    open = TestApp.start();
    locked = TestApp.start(Map.of("LADDER_ADMIN_TOKEN", TOKEN));
  }

  @AfterAll
  static void stop() {
    open.close();
    locked.close();
  }

  @Test
  void withoutATokenAnswersOnlyHostsThatNoPageCanHave() throws IOException {
    for (String host : List.of("127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:80", "10.1.2.3")) {
      assertEquals(200, ask(open, "GET /keys", host, "", "").status(), host);
    }
    for (String host : List.of("evil.example", "evil.example:8081", "localhost.evil.example", "")) {
      for (String path : List.of("/keys", "/", "/metrics", "/health/live")) {
        Answer refused = ask(open, "GET " + path, host, "", "");
        assertEquals(403, refused.status(), host);
        assertEquals("application/problem+json", refused.header("Content-Type"));
      }
      assertEquals(403, post(open, "/keys", host, "").status(), host);
    }
  }

  @Test
  void withATokenAnswersAnyHost() throws IOException {
    assertEquals(200, ask(locked, "GET /keys", "ladder.example", BEARER, "").status());
    assertEquals(200, ask(locked, "GET /health/live", "ladder.example", "", "").status());
  }

  @Test
  void refusesAWriteFromAnotherSiteTokenOrNot() throws IOException {
    for (String foreign :
        List.of(
            "Origin: http://evil.example\r\n",
            "Origin: http://127.0.0.1:9999\r\n",
            "Origin: null\r\n",
            "Sec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Site: same-site\r\n",
            "Origin: http://127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n")) {
      assertEquals(403, post(open, "/keys", "127.0.0.1", foreign).status(), foreign);
      assertEquals(403, post(locked, "/keys", "127.0.0.1", BEARER + foreign).status(), foreign);
      assertEquals(403, ask(open, "DELETE /keys/1", "127.0.0.1", foreign, "").status(), foreign);
      assertEquals(200, ask(open, "GET /keys", "127.0.0.1", foreign, "").status(), foreign);
    }
  }

  @Test
  void takesAWriteFromItsOwnPageAndFromNoPage() throws IOException {
    for (String own :
        List.of(
            "",
            "Origin: http://127.0.0.1:8081\r\nSec-Fetch-Site: same-origin\r\n",
            "Origin: https://127.0.0.1:8081\r\n",
            "Sec-Fetch-Site: none\r\n")) {
      assertEquals(201, post(open, "/keys", "127.0.0.1:8081", own).status(), own);
    }
  }

  @Test
  void aBrowserSignsInOnAFormAndOutAgain() throws IOException {
    Answer form = ask(locked, "GET /", "ladder.example", HTML, "");
    assertEquals(401, form.status());
    assertEquals("text/html; charset=utf-8", form.header("Content-Type"));
    assertTrue(form.body().contains("action=\"/login\""), form.body());
    Answer in = signIn("token=" + TOKEN, "");
    assertEquals(303, in.status());
    assertEquals("/", in.header("Location"));
    String cookie = in.header("Set-Cookie");
    assertTrue(cookie.endsWith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"), cookie);
    assertFalse(cookie.contains(TOKEN), cookie);
    String session = "Cookie: theme=dark; " + cookie.replaceFirst(";.*", "") + "\r\n";
    assertEquals(200, ask(locked, "GET /", "ladder.example", HTML + session, "").status());
    assertEquals(201, post(locked, "/keys", "127.0.0.1", session).status());
    Answer out = ask(locked, "POST /logout", "127.0.0.1", session, "");
    assertEquals(303, out.status());
    assertTrue(out.header("Set-Cookie").startsWith("ladder_admin=; Path=/; Max-Age=0;"));
    assertEquals(401, ask(locked, "GET /keys", "127.0.0.1", session, "").status());
  }

  @Test
  void signsNobodyInWithAnotherToken() throws IOException {
    for (String fields : List.of("token=wrong", "token=", "", "other=" + TOKEN)) {
      Answer refused = signIn(fields, "");
      assertEquals(401, refused.status(), fields);
      assertEquals("", refused.header("Set-Cookie"));
    }
    assertEquals(403, signIn("token=" + TOKEN, "Origin: http://evil.example\r\n").status());
    String forged = "Cookie: ladder_admin=" + "0".repeat(32) + "\r\n";
    assertEquals(401, ask(locked, "GET /keys", "127.0.0.1", forged, "").status());
  }

  @Test
  void marksTheCookieSecureBehindHttps() throws IOException {
    Answer in = signIn("token=" + TOKEN, "Origin: https://ladder.example\r\n");
    assertTrue(in.header("Set-Cookie").endsWith("; Secure"), in.header("Set-Cookie"));
  }

  private static Answer signIn(String fields, String headers) throws IOException {
    String type = "Content-Type: application/x-www-form-urlencoded\r\n";
    return ask(locked, "POST /login", "ladder.example", headers + type, fields);
  }

  private static Answer post(TestApp app, String path, String host, String headers)
      throws IOException {
    return ask(app, "POST " + path, host, headers + "Content-Type: application/json\r\n", KEY);
  }

  private static Answer ask(TestApp app, String line, String host, String headers, String body)
      throws IOException {
    try (RawHttp http = new RawHttp(app.adminPort(), PATIENCE)) {
      String length = "Content-Length: " + body.length() + "\r\n";
      http.send(line + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + length + "\r\n" + body);
      return http.read();
    }
  }
}
