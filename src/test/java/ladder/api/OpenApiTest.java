package ladder.api;

import static ladder.harness.OpenApi.resolved;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ladder.cache.Cache;
import ladder.cache.NoCache;
import ladder.harness.OpenApi;
import ladder.http.ProblemType;
import ladder.http.Route;
import ladder.limit.NoLimit;
import ladder.limit.Quota;
import ladder.time.Clock;
import org.junit.jupiter.api.Test;

/** The description and the route table say the same. */
class OpenApiTest {
  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)\\}");
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private record Operation(String method, String path, JsonNode item, JsonNode node) {
    boolean secured() {
      return !node.has("security");
    }

    String name() {
      return method + " " + path;
    }

    List<JsonNode> parameters() {
      List<JsonNode> parameters = new ArrayList<>();
      item.path("parameters").forEach(p -> parameters.add(resolved(p)));
      node.path("parameters").forEach(p -> parameters.add(resolved(p)));
      return parameters;
    }
  }

  private static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    OpenApi.document()
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        member -> {
                          if (METHODS.contains(member.getKey())) {
                            operations.add(
                                new Operation(
                                    member.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    path.getValue(),
                                    member.getValue()));
                          }
                        }));
    return operations;
  }

  private static List<Route> routes() {
    Cache cache = new NoCache();
    return Routes.table(
        new Gate(null, new NoLimit(), Quota.perMinute(1)),
        new Signup(null, cache, null, new Effects(1, () -> {}, (tx, events) -> {}), Clock.system()),
        new Users(null, cache),
        new Orders(null, null),
        new Health(() -> true));
  }

  @Test
  void describesEveryRouteAndNothingElse() {
    TreeSet<String> routed = new TreeSet<>();
    routes().forEach(route -> routed.add(route.method() + " " + route.template()));
    TreeSet<String> described = new TreeSet<>();
    operations().forEach(operation -> described.add(operation.name()));
    assertEquals(routed, described);
  }

  @Test
  void everyOperationListsASuccessAndTheErrorsOfAll() {
    for (Operation operation : operations()) {
      TreeSet<String> statuses = new TreeSet<>();
      operation.node().get("responses").fieldNames().forEachRemaining(statuses::add);
      assertTrue(statuses.first().startsWith("2") || statuses.contains("200"), operation.name());
      assertTrue(statuses.containsAll(Set.of("400", "431", "500", "503")), operation.name());
      assertEquals(
          operation.secured(), statuses.containsAll(Set.of("401", "429")), operation.name());
      assertEquals(
          operation.node().has("requestBody"),
          statuses.containsAll(Set.of("408", "413", "415", "422")),
          operation.name());
    }
  }

  @Test
  void everyErrorIsAProblemOfAStatusThatTheServiceKnows() {
    TreeSet<Integer> known = new TreeSet<>();
    for (ProblemType type : ProblemType.values()) {
      known.add(type.status());
    }
    TreeSet<Integer> listed = new TreeSet<>();
    for (Operation operation : operations()) {
      operation
          .node()
          .get("responses")
          .properties()
          .forEach(
              response -> {
                int status = Integer.parseInt(response.getKey());
                JsonNode content = resolved(response.getValue()).path("content");
                if (status >= 400) {
                  listed.add(status);
                  assertTrue(content.has("application/problem+json"), operation.name());
                }
              });
    }
    listed.add(403); // of the admin listener alone
    listed.add(405);
    assertEquals(known, listed);
  }

  @Test
  void everyAnswerSaysWhichItIsAndWhereItsTimeWent() {
    for (Operation operation : operations()) {
      for (JsonNode response : operation.node().get("responses")) {
        JsonNode headers = resolved(response).path("headers");
        for (String name : new String[] {"X-Request-Id", "Server-Timing"}) {
          assertTrue(resolved(headers.path(name)).path("required").booleanValue(), name);
        }
        assertEquals(headers.has("RateLimit"), headers.has("RateLimit-Policy"));
        assertFalse(headers.has("RateLimit") && !operation.secured(), operation.name());
      }
    }
  }

  @Test
  void everyParameterOfAPathIsDescribed() {
    for (Operation operation : operations()) {
      TreeSet<String> inPath = new TreeSet<>();
      Matcher matcher = PARAMETER.matcher(operation.path());
      while (matcher.find()) {
        inPath.add(matcher.group(1));
      }
      TreeSet<String> described = new TreeSet<>();
      TreeSet<String> headers = new TreeSet<>();
      for (JsonNode parameter : operation.parameters()) {
        if (parameter.get("in").textValue().equals("path")) {
          described.add(parameter.get("name").textValue());
        } else if (parameter.get("in").textValue().equals("header")) {
          headers.add(parameter.get("name").textValue());
        }
      }
      assertEquals(inPath, described, operation.name());
      assertEquals(operation.method().equals("POST"), headers.contains("Idempotency-Key"));
      assertEquals(operation.node().get("responses").has("412"), headers.contains("If-Match"));
      assertEquals(operation.node().get("responses").has("304"), headers.contains("If-None-Match"));
    }
  }

  @Test
  void describesBothWaysToSendAKey() {
    JsonNode schemes = OpenApi.document().at("/components/securitySchemes");
    assertEquals("bearer", schemes.at("/bearer/scheme").textValue());
    assertEquals("X-API-Key", schemes.at("/apiKey/name").textValue());
    assertEquals(2, OpenApi.document().get("security").size());
    for (Operation operation : operations()) {
      boolean open = operation.path().matches("/health/.*|/openapi.json");
      assertEquals(!open, operation.secured(), operation.name());
    }
  }

  @Test
  void everythingDescribedIsUsedAndEverythingUsedIsDescribed() {
    TreeSet<String> used = new TreeSet<>();
    for (JsonNode reference : OpenApi.document().findValues("$ref")) {
      used.add(reference.textValue());
    }
    TreeSet<String> described = new TreeSet<>();
    for (String kind : new String[] {"parameters", "headers", "schemas", "responses"}) {
      OpenApi.document()
          .at("/components/" + kind)
          .fieldNames()
          .forEachRemaining(name -> described.add("#/components/" + kind + "/" + name));
    }
    assertEquals(described, used);
  }

  @Test
  void everyOperationHasANameOfItsOwn() {
    List<String> names =
        operations().stream().map(o -> o.node().get("operationId").textValue()).toList();
    assertEquals(names.size(), new TreeSet<>(names).size());
  }
}
