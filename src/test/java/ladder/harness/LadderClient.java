package ladder.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import ladder.harness.RawHttp.Answer;

/**
 * A client with one connection, kept until an answer or a failure ends it. It never repeats a
 * request by itself, so a test sees every failure. Used by one thread at a time.
 */
public final class LadderClient implements AutoCloseable {
  private static final Duration ANSWER_WAIT_MAX = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int port;
  private final String key;
  private final Duration limit;
  private RawHttp connection;

  /**
   * @param key "" for none
   */
  public LadderClient(int port, String key) {
    this(port, key, ANSWER_WAIT_MAX);
  }

  /**
   * @param limit how long an answer may take
   */
  public LadderClient(int port, String key, Duration limit) {
    this.port = port;
    this.key = key;
    this.limit = limit;
  }

  public Answer get(String path) throws IOException {
    return send("GET", path, "");
  }

  public Answer post(String path, String json) throws IOException {
    return send("POST", path, json);
  }

  public Answer signUp(String email) throws IOException {
    return post("/signup", "{\"email\":\"%s\",\"name\":\"Ada\"}".formatted(email));
  }

  /**
   * Sends a request with a JSON body, or none when it is "", and waits for the answer.
   *
   * @throws ConnectException when there was no answer on a new connection: the system may have
   *     accepted that for a server which was just about to leave
   */
  public Answer send(String method, String path, String json) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n".formatted(method, path, port));
    if (!key.isEmpty()) {
      head.append("Authorization: Bearer %s\r\n".formatted(key));
    }
    if (!json.isEmpty()) {
      head.append("Content-Type: application/json\r\n");
    }
    if (!method.equals("GET")) {
      head.append("Content-Length: %d\r\n".formatted(json.length()));
    }
    boolean fresh = connection == null;
    RawHttp http = connection;
    connection = null;
    try {
      http = fresh ? new RawHttp(port, limit) : http;
      Answer answer = http.send(head + "\r\n" + json).read();
      if (!answer.header("Connection").equalsIgnoreCase("close")) {
        connection = http;
      }
      return answer;
    } catch (IOException e) {
      throw fresh
          ? (IOException) new ConnectException("on a new connection: " + e).initCause(e)
          : e;
    } finally {
      if (connection == null && http != null) {
        http.close();
      }
    }
  }

  /** The body of an answer. */
  public static JsonNode json(Answer answer) {
    return json(answer.body());
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  @Override
  public void close() throws IOException {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
