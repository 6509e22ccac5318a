package ladder.http;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, as it was sent. Immutable once its engine has filled it.
 *
 * <p>Headers stand in the order in which they came and are found in any case, by looking at each:
 * there are few, and a map would cost more than all looks.
 */
final class Head {
  private static final Pattern AUTHORITY = Pattern.compile("^https?://[^/?#]+", CASE_INSENSITIVE);

  final String method;

  /** Path and query as sent, less the scheme and host of the absolute form (RFC 9112, 3.2.2). */
  final String target;

  /** Such as "HTTP/1.1", or whatever stood in its place. */
  final String protocol;

  /** What is wrong with it if the engine could not parse it, for the answer; else null. */
  final @Nullable ProblemException fault;

  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  Head(String method, String target, String protocol) {
    this(method, target, protocol, null);
  }

  private Head(String method, String target, String protocol, @Nullable ProblemException fault) {
    this.method = method;
    this.target = target.startsWith("/") ? target : AUTHORITY.matcher(target).replaceFirst("");
    this.protocol = protocol;
    this.fault = fault;
  }

  /** One that could not be parsed; its connection closes, as nobody knows where the next begins. */
  static Head malformed(ProblemType type, String detail) {
    ProblemException fault = new ProblemException(type, detail);
    return new Head("", "/", "HTTP/1.1", fault.with("Connection", "close"));
  }

  void add(String name, String value) {
    names.add(name);
    values.add(value);
  }

  int headers() {
    return names.size();
  }

  String name(int header) {
    return names.get(header);
  }

  String value(int header) {
    return values.get(header);
  }

  String path() {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  /** The first value of a header. */
  @Nullable String header(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return values.get(i);
      }
    }
    return null;
  }

  /** All values of a header, in order. */
  List<String> headers(String name) {
    if (header(name) == null) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        all.add(values.get(i));
      }
    }
    return all;
  }
}
