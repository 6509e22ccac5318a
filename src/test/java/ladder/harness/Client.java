package ladder.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An ordinary HTTP client for one listener, with headers that it sends every time. Immutable:
 * {@link #with} and {@link #without} make another.
 */
public final class Client {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** One answer. */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record Answer(int status, HttpHeaders headers, byte[] body) {
    /** A header's first value, or "". */
    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    public boolean has(String name) {
      return headers.firstValue(name).isPresent();
    }

    public String text() {
      return new String(body, UTF_8);
    }

    public JsonNode json() {
      try {
        return MAPPER.readTree(text());
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + text(), e);
      }
    }

    /** The names of the JSON object's members. */
    public Set<String> members() {
      Set<String> names = new java.util.TreeSet<>();
      json().fieldNames().forEachRemaining(names::add);
      return names;
    }
  }

  /** Sees every answer, and throws when it is not as it should be. */
  @FunctionalInterface
  public interface Check {
    void check(String method, String path, Answer answer);
  }

  private final HttpClient http;
  private final URI base;
  private final Map<String, String> headers;
  private final Check check;

  public Client(HttpClient http, int port, Check check) {
    this(http, URI.create("http://127.0.0.1:" + port), Map.of(), check);
  }

  private Client(HttpClient http, URI base, Map<String, String> headers, Check check) {
    this.http = http;
    this.base = base;
    this.headers = headers;
    this.check = check;
  }

  /** The same with a header, in place of one of this name. */
  public Client with(String name, String value) {
    Map<String, String> more = caseless(headers);
    more.put(name, value);
    return new Client(http, base, more, check);
  }

  public Client without(String name) {
    Map<String, String> fewer = caseless(headers);
    fewer.remove(name);
    return new Client(http, base, fewer, check);
  }

  public Answer get(String path) {
    return send("GET", path, null);
  }

  public Answer head(String path) {
    return send("HEAD", path, null);
  }

  public Answer delete(String path) {
    return send("DELETE", path, null);
  }

  public Answer post(String path, String json) {
    return withJson().send("POST", path, json);
  }

  public Answer patch(String path, String json) {
    return withJson().send("PATCH", path, json);
  }

  /** Sends a request; a body of null is none. */
  public Answer send(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> sent = http.send(request.build(), BodyHandlers.ofByteArray());
      Answer answer = new Answer(sent.statusCode(), sent.headers(), sent.body());
      check.check(method, path, answer);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Client withJson() {
    return headers.containsKey("Content-Type") ? this : with("Content-Type", "application/json");
  }

  private static Map<String, String> caseless(Map<String, String> headers) {
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    return copy;
  }
}
