package ladder.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import ladder.harness.Client.Answer;

/** The service's description, against which every answer of a test is held. */
public final class OpenApi {
  /** Of HTTP itself, or of the JDK's server; described for no operation. */
  private static final Set<String> UNDESCRIBED =
      Set.of("connection", "content-length", "content-type", "date", "transfer-encoding");

  private static final JsonNode DOCUMENT = load();

  private OpenApi() {}

  public static JsonNode document() {
    return DOCUMENT;
  }

  /** What a {@code $ref} points to; what is none, itself. */
  public static JsonNode resolved(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    String reference = node.get("$ref").textValue();
    JsonNode target = DOCUMENT.at(reference.substring(1));
    assertTrue(reference.startsWith("#/") && !target.isMissingNode(), reference);
    return target;
  }

  /** Asserts that the answer is one that the description lists, in status, headers and body. */
  public static void check(String method, String path, Answer answer) {
    JsonNode operation = operation(method, path);
    String what = method + " " + path + " " + answer.status();
    if (operation == null) {
      assertTrue(Set.of(204, 400, 404, 405).contains(answer.status()), what);
      return;
    }
    JsonNode response = resolved(operation.path("responses").path("" + answer.status()));
    assertTrue(response.isObject(), () -> what + " is not described");
    checkHeaders(what, response.path("headers"), answer);
    checkBody(method, what, response.path("content"), answer);
  }

  private static JsonNode operation(String method, String path) {
    String bare = path.replaceAll("\\?.*", "");
    String described = (method.equals("HEAD") ? "GET" : method).toLowerCase(Locale.ROOT);
    JsonNode paths = DOCUMENT.get("paths");
    List<JsonNode> found = new ArrayList<>();
    paths
        .fieldNames()
        .forEachRemaining(
            template -> {
              if (bare.matches(template.replaceAll("\\{[a-z]+\\}", "[^/]+"))
                  && paths.get(template).has(described)) {
                found.add(paths.get(template).get(described));
              }
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  private static void checkHeaders(String what, JsonNode headers, Answer answer) {
    Set<String> described = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    headers.fieldNames().forEachRemaining(described::add);
    for (String name : answer.headers().map().keySet()) {
      assertTrue(
          described.contains(name) || UNDESCRIBED.contains(name.toLowerCase(Locale.ROOT)),
          () -> what + ": the header " + name + " is not described");
    }
    for (String name : described) {
      JsonNode header = resolved(headers.get(name));
      assertTrue(
          answer.has(name) || !header.path("required").booleanValue(),
          () -> what + ": the header " + name + " is missing");
      if (answer.has(name) && header.path("schema").has("enum")) {
        List<String> values = new ArrayList<>();
        header.path("schema").get("enum").forEach(value -> values.add(value.textValue()));
        assertTrue(values.contains(answer.header(name)), () -> what + ": " + name);
      }
    }
  }

  private static void checkBody(String method, String what, JsonNode content, Answer answer) {
    if (content.isMissingNode() || method.equals("HEAD")) {
      assertEquals(0, answer.body().length, what);
      return;
    }
    JsonNode media = content.path(answer.header("Content-Type"));
    assertTrue(media.isObject(), () -> what + ": " + answer.header("Content-Type"));
    checkValue(what, media.get("schema"), answer.json());
  }

  private static void checkValue(String where, JsonNode reference, JsonNode value) {
    JsonNode schema = resolved(reference);
    List<String> types = new ArrayList<>();
    if (schema.path("type").isArray()) {
      schema.path("type").forEach(type -> types.add(type.textValue()));
    } else {
      types.add(schema.path("type").textValue());
    }
    assertTrue(types.contains(type(value)), () -> where + " is " + value);
    switch (type(value)) {
      case "object" -> checkObject(where, schema, value);
      case "array" -> {
        for (JsonNode element : value) {
          checkValue(where + "[]", schema.get("items"), element);
        }
      }
      case "integer" -> {
        assertTrue(value.longValue() >= schema.path("minimum").asLong(Long.MIN_VALUE), where);
        assertTrue(value.longValue() <= schema.path("maximum").asLong(Long.MAX_VALUE), where);
      }
      case "string" -> {
        if (schema.path("format").asText().equals("date-time")) {
          assertTrue(Instant.parse(value.textValue()).isAfter(Instant.EPOCH), where);
        }
      }
      default -> {}
    }
  }

  private static void checkObject(String where, JsonNode schema, JsonNode value) {
    JsonNode properties = schema.path("properties");
    if (properties.isMissingNode()) {
      return;
    }
    value
        .properties()
        .forEach(
            member -> {
              String at = where + "." + member.getKey();
              assertTrue(properties.has(member.getKey()), () -> at + " is not described");
              checkValue(at, properties.get(member.getKey()), member.getValue());
            });
    for (JsonNode name : schema.path("required")) {
      assertTrue(value.has(name.textValue()), () -> where + " lacks " + name);
    }
  }

  private static String type(JsonNode value) {
    if (value.isIntegralNumber()) {
      return "integer";
    }
    return value.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static JsonNode load() {
    try (InputStream in = OpenApi.class.getResourceAsStream("/openapi.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
