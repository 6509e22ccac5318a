package ladder.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import ladder.http.Router.Match;
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
      assertInstanceOf(Match.NotFound.class, router.match("GET", path), path);
    }
  }

  @Test
  void doesNotFindEmptySegments() {
    for (String path : List.of("//", "/users/", "/users//", "//users/1", "/users/1/", "/signup/")) {
      assertInstanceOf(Match.NotFound.class, router.match("GET", path), path);
    }
  }

  @Test
  void refusesAMethodAndSaysWhatIsAllowed() {
    assertEquals(
        new Match.NotAllowed("GET, HEAD, OPTIONS, PATCH"), router.match("DELETE", "/users/1"));
    assertEquals(new Match.NotAllowed("OPTIONS, POST"), router.match("GET", "/signup"));
    assertEquals(new Match.NotAllowed("OPTIONS, POST"), router.match("HEAD", "/signup"));
    assertEquals(new Match.NotAllowed("OPTIONS, POST"), router.match("post", "/signup"));
  }

  @Test
  void answersOptions() {
    assertEquals(new Match.Options("OPTIONS, POST"), router.match("OPTIONS", "/signup"));
  }

  @Test
  void servesHeadWhereGetIs() {
    assertEquals("/users/{id}", found("HEAD", "/users/1").route().template());
  }

  @Test
  void prefersTheLiteralSegmentButComesBackFromIt() {
    assertEquals("/users/me", found("GET", "/users/me").route().template());
    assertEquals("/users/{id}/orders", found("POST", "/users/me/orders").route().template());
  }

  @Test
  void takesParametersAndDecodesThem() {
    assertEquals(Map.of("id", "7"), found("GET", "/users/7").parameters());
    assertEquals(Map.of("id", "a/b+c ü"), found("GET", "/users/a%2Fb+c%20%C3%BC").parameters());
    assertEquals(Map.of("id", "7", "order", "9"), found("GET", "/users/7/orders/9").parameters());
  }

  @Test
  void refusesParametersThatAreNotPercentEncodedUtf8() {
    for (String segment : List.of("%", "%2", "%zz", "%FF", "%C3", "%C0%80", "%ED%A0%80", "%+1")) {
      ProblemException problem =
          assertThrows(
              ProblemException.class, () -> router.match("GET", "/users/" + segment), segment);
      assertEquals(ProblemType.BAD_REQUEST, problem.type());
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

  private Match.Found found(String method, String path) {
    return assertInstanceOf(Match.Found.class, router.match(method, path), path);
  }

  private static Route route(String method, String template) {
    return new Route(method, template, request -> Response.empty(204));
  }
}
