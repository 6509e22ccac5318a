package ladder.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import ladder.http.Route.Handler;

/**
 * Finds the route for a method and a raw path. Empty segments match nothing, so {@code //} and a
 * trailing slash are not found. HEAD finds the GET route; OPTIONS is answered for every path that
 * has routes. Immutable, thread-safe.
 */
public final class Router {
  /** A route, and what stands in the place of its parameters. */
  public record Match(Route route, Map<String, String> parameters) {
    /** What is not routed: it is answered with the problem. */
    static Match refused(ProblemException problem) {
      Handler refusal =
          _ -> {
            throw problem;
          };
      return new Match(Route.always("", "none", refusal), Map.of());
    }
  }

  private final List<Resource> resources;

  /** Refuses malformed templates and routes that collide. */
  public Router(List<Route> routes) {
    // '{' comes after all letters, so that a literal segment is tried before a parameter.
    SortedMap<String, Resource> sorted = new TreeMap<>();
    for (Route route : routes) {
      String template = route.template();
      if (!template.matches("/|(/[^/]+)+")) {
        throw new IllegalArgumentException(template + " is no path without empty segments");
      }
      Resource resource =
          sorted.computeIfAbsent(
              template.replaceAll("\\{[^/]+}", "{}"),
              _ -> new Resource(List.of(template.split("/", -1)), new TreeMap<>()));
      if (!template.equals(String.join("/", resource.segments))
          || resource.routes.put(route.method(), route) != null) {
        throw new IllegalArgumentException(route.method() + " " + template + " is routed twice");
      }
      if (route.method().equals("GET")) {
        resource.routes.put("HEAD", route);
      }
      Handler options = _ -> Response.empty(204).with("Allow", resource.allow());
      resource.routes.put("OPTIONS", new Route("OPTIONS", template, route.always(), options));
    }
    resources = List.copyOf(sorted.values());
  }

  /** The route, or a problem: 404, 405, or 400 for a parameter that is not UTF-8. */
  public Match match(String method, String path) {
    String[] segments = path.split("/", -1);
    for (Resource resource : resources) {
      if (resource.matches(segments)) {
        Route route = resource.routes.get(method);
        if (route == null) {
          throw new ProblemException(
                  ProblemType.METHOD_NOT_ALLOWED, "allowed here: " + resource.allow())
              .with("Allow", resource.allow());
        }
        return new Match(route, resource.parameters(segments));
      }
    }
    throw new ProblemException(ProblemType.NOT_FOUND, "no resource has this path");
  }

  /** All routes of one template, whose first segment is the nothing before the first slash. */
  private record Resource(List<String> segments, SortedMap<String, Route> routes) {
    String allow() {
      return String.join(", ", routes.keySet());
    }

    boolean matches(String[] path) {
      if (path.length != segments.size()) {
        return false;
      }
      for (int i = 0; i < path.length; i++) {
        if (isParameter(i) ? path[i].isEmpty() : !segments.get(i).equals(path[i])) {
          return false;
        }
      }
      return true;
    }

    Map<String, String> parameters(String[] path) {
      Map<String, String> parameters = new HashMap<>();
      for (int i = 0; i < path.length; i++) {
        if (isParameter(i)) {
          String name = segments.get(i).substring(1, segments.get(i).length() - 1);
          parameters.put(name, Request.decode(path[i], false));
        }
      }
      return parameters;
    }

    private boolean isParameter(int segment) {
      return segments.get(segment).startsWith("{");
    }
  }
}
