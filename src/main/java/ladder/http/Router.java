package ladder.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route for a method and a raw path: a tree of segments built once, walked without
 * splitting the path. A literal segment beats a parameter at the same place. Empty segments match
 * nothing, so {@code //} and a trailing slash are not found. Immutable, thread-safe.
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

  private static final Match NOT_FOUND = new Match.NotFound();

  private final Node root = new Node();
  private final int parametersMax;

  /**
   * Builds the tree.
   *
   * @throws IllegalArgumentException when a template is malformed or two routes collide
   */
  public Router(List<Route> routes) {
    int most = 0;
    for (Route route : routes) {
      most = Math.max(most, add(route));
    }
    parametersMax = most;
  }

  /**
   * What there is for a method and a raw path.
   *
   * @throws ProblemException 400 when a parameter is not percent-encoded UTF-8
   */
  public Match match(String method, String path) {
    if (!path.startsWith("/")) {
      return NOT_FOUND;
    }
    String[] values = new String[parametersMax];
    Node node = path.length() == 1 ? root : find(root, path, 1, values, 0);
    if (node == null || node.targets.isEmpty()) {
      return NOT_FOUND;
    }
    Target target = node.targets.get(method);
    if (target == null && method.equals("HEAD")) {
      target = node.targets.get("GET");
    }
    if (target != null) {
      return new Match.Found(target.route, target.parameters(values));
    }
    return method.equals("OPTIONS")
        ? new Match.Options(node.allow)
        : new Match.NotAllowed(node.allow);
  }

  private static @Nullable Node find(
      Node node, String path, int start, String[] values, int parameters) {
    int slash = path.indexOf('/', start);
    int end = slash < 0 ? path.length() : slash;
    if (end == start) {
      return null;
    }
    String segment = path.substring(start, end);
    Node literal = node.literals.get(segment);
    if (literal != null) {
      Node found = slash < 0 ? literal : find(literal, path, end + 1, values, parameters);
      if (found != null && !found.targets.isEmpty()) {
        return found;
      }
    }
    Node parameter = node.parameter;
    if (parameter == null) {
      return null;
    }
    values[parameters] = segment;
    return slash < 0 ? parameter : find(parameter, path, end + 1, values, parameters + 1);
  }

  private int add(Route route) {
    String template = route.template();
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException(template + " must begin with /");
    }
    Node node = root;
    List<String> names = new ArrayList<>();
    for (String segment : template.length() == 1 ? new String[0] : split(template)) {
      if (segment.isEmpty()) {
        throw new IllegalArgumentException(template + " has an empty segment");
      }
      if (segment.startsWith("{") && segment.endsWith("}")) {
        names.add(segment.substring(1, segment.length() - 1));
        node = node.parameter();
      } else {
        node = node.literals.computeIfAbsent(segment, any -> new Node());
      }
    }
    if (node.targets.put(route.method(), new Target(route, List.copyOf(names))) != null) {
      throw new IllegalArgumentException(route.method() + " " + template + " is routed twice");
    }
    node.allow = allow(node);
    return names.size();
  }

  private static String[] split(String template) {
    return template.substring(1).split("/", -1);
  }

  private static String allow(Node node) {
    TreeSet<String> methods = new TreeSet<>(node.targets.keySet());
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    methods.add("OPTIONS");
    return String.join(", ", methods);
  }

  private record Target(Route route, List<String> names) {
    Map<String, String> parameters(String[] values) {
      return switch (names.size()) {
        case 0 -> Map.of();
        case 1 -> Map.of(names.get(0), Percent.decode(values[0], false));
        default -> {
          Map<String, String> all = new HashMap<>();
          for (int i = 0; i < names.size(); i++) {
            all.put(names.get(i), Percent.decode(values[i], false));
          }
          yield all;
        }
      };
    }
  }

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    final Map<String, Target> targets = new HashMap<>();
    @Nullable Node parameter;
    String allow = "";

    Node parameter() {
      Node there = parameter;
      if (there == null) {
        there = new Node();
        parameter = there;
      }
      return there;
    }
  }
}
