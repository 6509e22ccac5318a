package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.harness.Await;
import ladder.harness.Client.Answer;
import ladder.harness.OpenApi;
import ladder.harness.TestApp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABELS =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*");

  /** Every name of the contract, with each value of its labels that is known beforehand. */
  private static final List<String> PROMISED =
      List.of(
          "ladder_cache_requests_total{result=\"hit\"}",
          "ladder_cache_requests_total{result=\"miss\"}",
          "ladder_cache_requests_total{result=\"stale\"}",
          "ladder_cache_requests_total{result=\"negative\"}",
          "ladder_cache_requests_total{result=\"error\"}",
          "ladder_cache_loads_total",
          "ladder_db_queries_total{pool=\"primary\"}",
          "ladder_db_queries_total{pool=\"replica\"}",
          "ladder_replica_lag_seconds",
          "ladder_limit_decisions_total{decision=\"allowed\"}",
          "ladder_limit_decisions_total{decision=\"denied\"}",
          "ladder_limit_decisions_total{decision=\"fallback\"}",
          "ladder_journal_appended_total",
          "ladder_journal_delivered_total{channel=\"email\"}",
          "ladder_journal_delivered_total{channel=\"audit\"}",
          "ladder_journal_delivered_total{channel=\"slack\"}",
          "ladder_journal_retries_total{channel=\"email\"}",
          "ladder_journal_retries_total{channel=\"audit\"}",
          "ladder_journal_retries_total{channel=\"slack\"}",
          "ladder_journal_dead_total{channel=\"email\"}",
          "ladder_journal_dead_total{channel=\"audit\"}",
          "ladder_journal_dead_total{channel=\"slack\"}",
          "ladder_journal_lag_entries{channel=\"email\"}",
          "ladder_journal_lag_entries{channel=\"audit\"}",
          "ladder_journal_lag_entries{channel=\"slack\"}",
          "ladder_http_inflight",
          "ladder_http_shed_total");

  private TestApp app;

  @BeforeEach
  void start() {
    app = TestApp.start();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void showsEverySeriesBeforeItsFirstEvent() {
    Map<String, Double> samples = scrape();
    for (String name : PROMISED) {
      assertTrue(samples.containsKey(name), name);
      if (!name.matches(".*(queries|lag).*")) {
        assertEquals(0, samples.get(name), name);
      }
    }
    OpenApi.document()
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        member -> {
                          if (!member.equals("parameters")) {
                            hasRoute(
                                samples, member.toUpperCase(java.util.Locale.ROOT), path.getKey());
                          }
                        }));
  }

  private static void hasRoute(Map<String, Double> samples, String method, String route) {
    String labels = "method=\"%s\",route=\"%s\"".formatted(method, route);
    assertTrue(
        samples.keySet().stream()
            .anyMatch(s -> s.startsWith("ladder_http_requests_total{" + labels + ",status=\"2")),
        labels);
    assertEquals(0, samples.get("ladder_http_request_seconds_count{" + labels + "}"), labels);
    assertEquals(0, samples.get("ladder_http_request_seconds_sum{" + labels + "}"), labels);
    assertEquals(
        0, samples.get("ladder_http_request_seconds_bucket{" + labels + ",le=\"+Inf\"}"), labels);
  }

  @Test
  void bringsWhatTheLibrariesMeasure() {
    app.api().get(app.newUser());
    Map<String, Double> samples = scrape();
    assertTrue(samples.containsKey("hikaricp_connections_active{pool=\"primary\"}"));
    assertTrue(samples.containsKey("hikaricp_connections_active{pool=\"replica\"}"));
    for (String start : new String[] {"jvm_memory_used_bytes{", "jvm_gc_", "lettuce_"}) {
      assertTrue(samples.keySet().stream().anyMatch(s -> s.startsWith(start)), start);
    }
  }

  @Test
  void sumsWhereTheTimeOfEachRouteWent() {
    String user = app.newUser();
    for (String route : new String[] {"/users/{id}", "/orders/{id}", "none"}) {
      String series = "ladder_http_phase_seconds_sum{phase=\"primary\",route=\"" + route + "\"}";
      assertEquals(0, scrape().getOrDefault(series, 0.0), series);
    }
    assertEquals(200, app.api().patch(user, "{\"name\":\"Bo\"}").status());
    assertEquals(200, app.api().get(user).status());
    for (String phase :
        new String[] {"auth", "limit", "cache", "primary-pool", "primary", "rest"}) {
      String series =
          "ladder_http_phase_seconds_sum{phase=\"%s\",route=\"/users/{id}\"}".formatted(phase);
      Await.until(series, PATIENCE, () -> scrape().get(series) > 0);
    }
    assertEquals(
        0, scrape().get("ladder_http_phase_seconds_sum{phase=\"primary\",route=\"/orders/{id}\"}"));
  }

  @Test
  void countsRequestsByTemplateAndNeverByPath() {
    String user = app.newUser();
    assertEquals(200, app.api().get(user).status());
    assertEquals(200, app.api().head(user).status());
    assertEquals(404, app.api().get("/users/999999999999").status());
    assertEquals(401, app.anonymous().get(user).status());
    assertEquals(404, app.api().get("/nowhere/" + user).status());
    assertEquals(405, app.api().send("FROB", user, null).status());
    counts("GET", "/users/{id}", 200, 1);
    counts("HEAD", "/users/{id}", 200, 1);
    counts("GET", "/users/{id}", 404, 1);
    counts("GET", "/users/{id}", 401, 1);
    counts("POST", "/signup", 201, 1);
    counts("GET", "none", 404, 1);
    counts("OTHER", "none", 405, 1);
    String text = app.admin().get("/metrics").text();
    assertTrue(!text.contains(user.substring("/users".length()) + "\""), "a path is a label");
  }

  private void counts(String method, String route, int status, double count) {
    String series =
        "ladder_http_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"}"
            .formatted(method, route, status);
    Await.until(series, PATIENCE, () -> scrape().getOrDefault(series, 0.0) == count);
  }

  @Test
  void countsWhatEachPartDid() {
    String user = app.newUser();
    app.api().get(user);
    // One that no other test has asked for: absent ids are remembered for seconds.
    app.api().get("/users/" + (UUID.randomUUID().getMostSignificantBits() >>> 2));
    Map<String, Double> samples = scrape();
    assertEquals(1, samples.get("ladder_cache_requests_total{result=\"hit\"}"));
    assertEquals(1, samples.get("ladder_cache_requests_total{result=\"miss\"}"));
    assertEquals(1, samples.get("ladder_cache_loads_total"));
    assertEquals(3, samples.get("ladder_limit_decisions_total{decision=\"allowed\"}"));
    assertEquals(1, samples.get("ladder_journal_appended_total"));
    for (String channel : new String[] {"email", "audit", "slack"}) {
      String delivered = "ladder_journal_delivered_total{channel=\"" + channel + "\"}";
      Await.until(delivered, PATIENCE, () -> scrape().get(delivered) == 1);
    }
  }

  /** The samples by name and labels; every line must be one that Prometheus reads. */
  private Map<String, Double> scrape() {
    Answer answer = app.admin().get("/metrics");
    assertEquals(200, answer.status());
    assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.header("Content-Type"));
    assertTrue(answer.text().endsWith("\n"));
    Map<String, Double> samples = new TreeMap<>();
    for (String line : answer.text().split("\n", 0)) {
      if (line.matches("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]*( .*)?")) {
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertTrue(sample.matches(), line);
      String labels = sample.group(2) == null ? "" : sample.group(2);
      assertTrue(LABELS.matcher(labels).matches(), line);
      String name = sample.group(1) + (labels.isEmpty() ? "" : "{" + labels + "}");
      assertEquals(null, samples.put(name, number(sample.group(3))), "twice: " + name);
    }
    return samples;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
