package ladder.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import ladder.http.Route.Handler;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route for a method and a raw path. Empty segments match nothing, so {@code //} and a
 * trailing slash are not found. HEAD finds the GET route; OPTIONS is answered for every path that
 * has routes. Immutable, thread-safe.
 */
public final class Router {
  /** A route, and what stands in the place of its parameters. */
  public record Match(Route route, Map<String, String> parameters) {}

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
              template.replaceAll("\\{[^/]+}", "{}"), _ -> Resource.of(template));
      if (!template.equals(resource.template())
          || resource.routes.put(route.method(), route) != null) {
        throw new IllegalArgumentException(route.method() + " " + template + " is routed twice");
      }
      if (route.method().equals("GET")) {
        resource.routes.put("HEAD", route);
      }
      Handler options = _ -> Response.empty(204).with("Allow", resource.allow());
      resource.routes.put("OPTIONS", new Route("OPTIONS", template, route.priority(), options));
    }
    resources = List.copyOf(sorted.values());
  }

  /** The route, or a problem: 404, 405, or 400 for a parameter that is not UTF-8. */
  public Match match(String method, String path) {
    for (Resource resource : resources) {
      String[] values = resource.match(path);
      if (values != null) {
        Route route = resource.routes.get(method);
        if (route == null) {
          throw new ProblemException(
                  ProblemType.METHOD_NOT_ALLOWED, "allowed here: " + resource.allow())
              .with("Allow", resource.allow());
        }
        return new Match(route, resource.parameters(values));
      }
    }
    throw new ProblemException(ProblemType.NOT_FOUND, "no resource has this path");
  }

  /**
   * All routes of one template.
   *
   * @param segments what stands after each slash
   * @param names of the parameters, in order
   */
  private record Resource(
      List<String> segments, List<String> names, SortedMap<String, Route> routes) {
    private static final String[] NONE = {};

    static Resource of(String template) {
      List<String> segments = List.of(template.substring(1).split("/", -1));
      return new Resource(
          segments,
          segments.stream()
              .filter(Resource::isParameter)
              .map(name -> name.substring(1, name.length() - 1))
              .toList(),
          new TreeMap<>());
    }

    String template() {
      return "/" + String.join("/", segments);
    }

    String allow() {
      return String.join(", ", routes.keySet());
    }

    /** What stands in the place of each parameter, or null when it is not this resource's path. */
    String @Nullable [] match(String path) {
      String[] values = names.isEmpty() ? NONE : new String[names.size()];
      int found = 0;
      int slash = 0;
      for (String segment : segments) {
        if (slash >= path.length() || path.charAt(slash) != '/') {
          return null;
        }
        int start = slash + 1;
        int next = path.indexOf('/', start);
        slash = next < 0 ? path.length() : next;
        if (isParameter(segment)) {
          if (start == slash) {
            return null;
          }
          values[found++] = path.substring(start, slash);
        } else if (slash - start != segment.length() || !path.startsWith(segment, start)) {
          return null;
        }
      }
      return slash == path.length() ? values : null;
    }

    Map<String, String> parameters(String[] values) {
      if (values.length == 1) { // as nearly always
        return Map.of(names.get(0), Request.decode(values[0], false));
      }
      Map<String, String> parameters = new HashMap<>();
      for (int i = 0; i < values.length; i++) {
        parameters.put(names.get(i), Request.decode(values[i], false));
      }
      return parameters;
    }

    private static boolean isParameter(String segment) {
      return segment.startsWith("{");
    }
  }
}
