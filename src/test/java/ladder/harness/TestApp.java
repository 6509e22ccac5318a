package ladder.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import ladder.App;
import ladder.Config;
import ladder.harness.Client.Answer;
import ladder.time.Clock;

/**
 * A whole Ladder in this JVM, on free ports, a fresh data directory and the shared servers. Its
 * limit is far away unless a setting says otherwise. Every answer of the public listener is held
 * against the service's description.
 */
public final class TestApp implements AutoCloseable {
  private final App app;
  private final Path dataDir;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Client admin;
  private final Client anonymous;
  private final Client api;

  private TestApp(App app, Path dataDir, String adminToken) {
    this.app = app;
    this.dataDir = dataDir;
    this.anonymous = new Client(http, app.port(), OpenApi::check);
    Client operator = new Client(http, app.adminPort(), (_, _, _) -> {});
    this.admin =
        adminToken == null ? operator : operator.with("Authorization", "Bearer " + adminToken);
    this.api = keyed(newKey("test", null));
  }

  /** Starts with the usual settings. */
  public static TestApp start() {
    return start(Map.of());
  }

  /** Starts with these settings, named as in the environment, over the usual ones. */
  public static TestApp start(Map<String, String> settings) {
    Path dataDir = Path.of("target", "test-app-" + UUID.randomUUID()).toAbsolutePath();
    Map<String, String> all = new HashMap<>(TestServers.settings());
    all.put("LADDER_PORT", "0");
    all.put("LADDER_ADMIN_PORT", "0");
    all.put("LADDER_DATA_DIR", dataDir.toString());
    all.put("LADDER_RATE_LIMIT", "100000/60s");
    // Longer than the default, so that a busy machine does not fail what is not about time.
    all.put("LADDER_REDIS_TIMEOUT", "2s");
    all.put("LADDER_POOL_WAIT", "5s");
    all.putAll(settings);
    App app = null;
    try {
      app = new App(Config.from(all), Clock.system());
      app.start();
      return new TestApp(app, dataDir, all.get("LADDER_ADMIN_TOKEN"));
    } catch (Exception | Error e) {
      if (app != null) {
        app.close();
      }
      throw new AssertionError("Ladder did not start", e);
    }
  }

  public int port() {
    return app.port();
  }

  public int adminPort() {
    return app.adminPort();
  }

  public Path dataDir() {
    return dataDir;
  }

  /** The public listener with a key. */
  public Client api() {
    return api;
  }

  /** The public listener without a key. */
  public Client anonymous() {
    return anonymous;
  }

  /** The admin listener, with its token if it has one. */
  public Client admin() {
    return admin;
  }

  /** The public listener with this key. */
  public Client keyed(String secret) {
    return anonymous.with("Authorization", "Bearer " + secret);
  }

  /** What {@code POST /keys} answers; a perMinute of null is the limit of all. */
  public JsonNode createKey(String name, Integer perMinute) {
    String limit = perMinute == null ? "" : ",\"perMinute\":" + perMinute;
    Answer answer = admin.post("/keys", "{\"name\":\"" + name + "\"" + limit + "}");
    if (answer.status() != 201) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return answer.json();
  }

  public String newKey(String name, Integer perMinute) {
    return createKey(name, perMinute).get("key").textValue();
  }

  /** An address that nobody else has. */
  public static String email() {
    return UUID.randomUUID() + "@example.com";
  }

  /** A new user, as {@code POST /signup} answers it. */
  public JsonNode signUp(String name) {
    Answer answer =
        api.post("/signup", "{\"email\":\"" + email() + "\",\"name\":\"" + name + "\"}");
    if (answer.status() != 201) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return answer.json();
  }

  /** The path of a new user. */
  public String newUser() {
    return "/users/" + signUp("Ada").get("id").longValue();
  }

  /** A question to the primary: the first column of the first row. */
  public static String sql(String query) {
    try {
      return Connect.query(TestServers.shared().databaseUrl(), query);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  /** A statement on the primary. */
  public static void execute(String statement) {
    try {
      Connect.execute(TestServers.shared().databaseUrl(), statement);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(statement, e);
    }
  }

  @Override
  public void close() {
    http.close();
    app.close();
    TestServers.deleteTree(dataDir);
  }
}
