package ladder.admin;

import static ladder.harness.Problem.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import ladder.harness.Client;
import ladder.harness.Client.Answer;
import ladder.harness.RawHttp;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the page is made of, as a browser asks for it. {@link PageIT} has a browser. */
class PageFilesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String TOKEN = "s3cret-token";
  private static final Pattern REFERENCE =
      Pattern.compile("(?:href|src)=\"(/assets/[^\"]+)\"|from '(/assets/[^']+)'");

  private static TestApp app;
  private static Client browser;

  @BeforeAll
  static void start() {
    app = TestApp.start(Map.of("LADDER_ADMIN_TOKEN", TOKEN));
    browser = app.admin().with("Accept", "text/html,*/*;q=0.8");
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void everyFileThatThePageNamesIsThereForEverybodyWithItsType() {
    Client nobody = app.admin().without("Authorization");
    Set<String> seen = new HashSet<>();
    Queue<String> texts = new ArrayDeque<>(List.of(browser.get("/").text()));
    while (!texts.isEmpty()) {
      for (MatchResult found : REFERENCE.matcher(texts.remove()).results().toList()) {
        String path = found.group(1) == null ? found.group(2) : found.group(1);
        if (seen.add(path)) {
          Answer file = nobody.get(path);
          assertEquals(200, file.status(), path);
          assertEquals(type(path), file.header("Content-Type"));
          texts.add(file.text());
        }
      }
    }
    assertTrue(seen.contains("/assets/uPlot.esm.js"), seen::toString);
    assertProblem(404, nobody.get("/assets/shell.html"));
    assertProblem(404, nobody.get("/assets/..%2FAssets.class"));
  }

  private static String type(String path) {
    return path.endsWith(".svg")
        ? "image/svg+xml"
        : (path.endsWith(".css") ? "text/css" : "text/javascript") + "; charset=utf-8";
  }

  @Test
  void aBrowserKeepsFilesAndAsksWhetherTheyChanged() {
    Answer first = browser.get("/assets/page.css");
    assertEquals("no-cache", first.header("Cache-Control"));
    Answer again = browser.with("If-None-Match", first.header("ETag")).get("/assets/page.css");
    assertEquals(304, again.status());
    assertEquals(0, again.body().length);
    assertEquals(200, browser.with("If-None-Match", "\"x\"").get("/assets/page.css").status());
  }

  @Test
  void nothingButOurOwnFilesMayRun() {
    Client nobody = browser.without("Authorization");
    for (Answer page : List.of(browser.get("/"), nobody.get("/"), browser.get("/assets/main.js"))) {
      String policy = page.header("Content-Security-Policy");
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'"));
      assertTrue(policy.contains("base-uri 'none'; form-action 'self'; frame-ancestors 'none'"));
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", page.header("X-Content-Type-Options"));
      assertEquals("same-origin", page.header("Referrer-Policy"));
    }
    for (Client client : List.of(browser, nobody)) {
      Answer page = client.get("/");
      assertEquals("no-store", page.header("Cache-Control"));
      assertFalse(page.text().matches("(?s).*(<style|style=| on[a-z]+=|<script>|https?://).*"));
      assertTrue(page.text().contains("name=\"viewport\""));
    }
  }

  @Test
  void theStreamIsForWhoeverHasTheToken() {
    assertProblem(401, app.admin().without("Authorization").get("/events"));
    assertProblem(400, app.admin().get("/events?since=yesterday"));
    Answer head = app.admin().head("/events");
    assertEquals("text/event-stream", head.header("Content-Type"));
    assertEquals("no-store", head.header("Cache-Control"));
  }

  @Test
  void closingTheNodeWaitsForNoViewer() throws IOException {
    TestApp node = TestApp.start();
    try (RawHttp viewer = new RawHttp(node.adminPort(), PATIENCE)) {
      try (node) {
        viewer.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertEquals(200, viewer.read().status());
      }
      while (!viewer.ended()) {
        // What it was sent before the end.
      }
    }
  }
}
