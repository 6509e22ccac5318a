package ladder.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the route for a method and a raw path. Empty segments match nothing, so {@code //} and a
 * trailing slash are not found. Immutable, thread-safe.
 */
public final class Router {
  /** What there is for a method and a path. */
  public sealed interface Match {
    /** A route; HEAD finds the GET route. */
    record Found(Route route, Map<String, String> parameters) implements Match {}

    /** No route has this path. */
    record NotFound() implements Match {}

    /** Routes have this path, but none this method. */
    record NotAllowed(String allow) implements Match {}

    /** The client asks what is allowed. */
    record Options(String allow) implements Match {}
  }

  private final List<Resource> resources;

  /**
   * Sorts the routes by their paths.
   *
   * @throws IllegalArgumentException when a template is malformed or two routes collide
   */
  public Router(List<Route> routes) {
    // '{' comes after all letters, so that a literal segment is tried before a parameter.
    Map<String, Resource> sorted = new TreeMap<>();
    for (Route route : routes) {
      String template = route.template();
      if (!template.matches("/|(/[^/]+)+")) {
        throw new IllegalArgumentException(template + " is no path without empty segments");
      }
      Resource resource =
          sorted.computeIfAbsent(
              template.replaceAll("\\{[^/]+}", "{}"),
              _ -> new Resource(List.of(template.split("/", -1)), new HashMap<>()));
      if (!template.equals(String.join("/", resource.segments))
          || resource.routes.put(route.method(), route) != null) {
        throw new IllegalArgumentException(route.method() + " " + template + " is routed twice");
      }
    }
    resources = List.copyOf(sorted.values());
  }

  /**
   * What there is for a method and a raw path.
   *
   * @throws ProblemException 400 when a parameter is not percent-encoded UTF-8
   */
  public Match match(String method, String path) {
    String[] segments = path.split("/", -1);
    for (Resource resource : resources) {
      if (resource.matches(segments)) {
        return resource.match(method, segments);
      }
    }
    return new Match.NotFound();
  }

  /** All routes of one template, whose first segment is the nothing before the first slash. */
  private record Resource(List<String> segments, Map<String, Route> routes) {
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

    Match match(String method, String[] path) {
      Route route = routes.get(method);
      if (route == null && method.equals("HEAD")) {
        route = routes.get("GET");
      }
      if (route != null) {
        return new Match.Found(route, parameters(path));
      }
      return method.equals("OPTIONS") ? new Match.Options(allow()) : new Match.NotAllowed(allow());
    }

    private Map<String, String> parameters(String[] path) {
      Map<String, String> parameters = new HashMap<>();
      for (int i = 0; i < path.length; i++) {
        if (isParameter(i)) {
          String name = segments.get(i).substring(1, segments.get(i).length() - 1);
          parameters.put(name, Target.decode(path[i], false));
        }
      }
      return parameters;
    }

    private String allow() {
      TreeSet<String> methods = new TreeSet<>(routes.keySet());
      methods.add("OPTIONS");
      if (methods.contains("GET")) {
        methods.add("HEAD");
      }
      return String.join(", ", methods);
    }

    private boolean isParameter(int segment) {
      return segments.get(segment).startsWith("{");
    }
  }
}
