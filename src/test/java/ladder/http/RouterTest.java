package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RouterTest {
  private final Router router =
      new Router(
          List.of(
              route("GET", "/"),
              route("GET", "/users/{id}"),
              route("PATCH", "/users/{id}"),
              route("GET", "/users/me"),
              route("POST", "/users/{id}/orders"),
              route("GET", "/users/{id}/orders/{order}"),
              route("POST", "/signup")));

  @Test
  void doesNotFindWhatIsNotRouted() {
    for (String path :
        List.of("/nothing", "/users", "/usersX/1", "/users/1/orders/2/3", "/user", "", "*")) {
      assertEquals(ProblemType.NOT_FOUND, refused("GET", path).type(), path);
    }
  }

  @Test
  void doesNotFindEmptySegments() {
    for (String path : List.of("//", "/users/", "/users//", "//users/1", "/users/1/", "/signup/")) {
      assertEquals(ProblemType.NOT_FOUND, refused("GET", path).type(), path);
    }
  }

  @Test
  void refusesAMethodAndSaysWhatIsAllowed() {
    assertEquals("GET, HEAD, OPTIONS, PATCH", allowed("DELETE", "/users/1"));
    for (String method : List.of("GET", "HEAD", "post")) {
      assertEquals("OPTIONS, POST", allowed(method, "/signup"), method);
    }
  }

  @Test
  void answersOptions() {
    assertEquals("OPTIONS", router.match("OPTIONS", "/signup").route().method());
  }

  @Test
  void servesHeadWhereGetIs() {
    assertEquals("/users/{id}", router.match("HEAD", "/users/1").route().template());
  }

  @Test
  void prefersTheLiteralSegmentButComesBackFromIt() {
    assertEquals("/users/me", router.match("GET", "/users/me").route().template());
    assertEquals("/users/{id}/orders", router.match("POST", "/users/me/orders").route().template());
  }

  @Test
  void takesParametersAndDecodesThem() {
    assertEquals(Map.of("id", "7"), router.match("GET", "/users/7").parameters());
    assertEquals(
        Map.of("id", "a/b+c ü"), router.match("GET", "/users/a%2Fb+c%20%C3%BC").parameters());
    assertEquals(
        Map.of("id", "7", "order", "9"), router.match("GET", "/users/7/orders/9").parameters());
  }

  @Test
  void refusesParametersThatAreNotPercentEncodedUtf8() {
    for (String segment : List.of("%", "%2", "%zz", "%FF", "%C3", "%C0%80", "%ED%A0%80", "%+1")) {
      assertEquals(ProblemType.BAD_REQUEST, refused("GET", "/users/" + segment).type(), segment);
    }
  }

  @Test
  void refusesTemplatesThatCollideOrAreMalformed() {
    for (List<Route> routes :
        List.of(
            List.of(route("GET", "/a/{b}"), route("GET", "/a/{c}")),
            List.of(route("GET", "a")),
            List.of(route("GET", "/a//b")))) {
      assertThrows(IllegalArgumentException.class, () -> new Router(routes));
    }
  }

  private String allowed(String method, String path) {
    ProblemException problem = refused(method, path);
    assertEquals(ProblemType.METHOD_NOT_ALLOWED, problem.type());
    return problem.answer("id").headers().stream()
        .filter(header -> header.name().equals("Allow"))
        .map(Response.Header::value)
        .collect(Collectors.joining());
  }

  private ProblemException refused(String method, String path) {
    return assertThrows(ProblemException.class, () -> router.match(method, path), path);
  }

  private static Route route(String method, String template) {
    return new Route(method, template, request -> Response.empty(204));
  }
}
