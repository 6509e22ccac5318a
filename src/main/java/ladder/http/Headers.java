package ladder.http;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The headers of an answer, each name once, in the order in which they were set. Immutable. */
public final class Headers {
  public static final Headers NONE = new Headers(new String[0]);

  /** Name and value in turn: answers have few headers and are built in many small steps. */
  private final String[] pairs;

  private Headers(String[] pairs) {
    this.pairs = pairs;
  }

  public static Headers of(Map<String, String> headers) {
    Headers all = NONE;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      all = all.with(header.getKey(), header.getValue());
    }
    return all;
  }

  /**
   * The same headers with one more, or another value for one of them.
   *
   * @throws IllegalArgumentException when HTTP cannot carry the value (RFC 9110, 5.5)
   */
  public Headers with(String name, String value) {
    if (!HeadCheck.all(value, c -> HeadCheck.isVisible(c) && c <= 0xff)) {
      throw new IllegalArgumentException("a value of " + name + " that HTTP cannot carry");
    }
    int at = indexOf(name);
    String[] more = Arrays.copyOf(pairs, at == pairs.length ? at + 2 : pairs.length);
    more[at] = name;
    more[at + 1] = value;
    return new Headers(more);
  }

  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    forEach(map::put);
    return map;
  }

  private int indexOf(String name) {
    int i = 0;
    while (i < pairs.length && !pairs[i].equalsIgnoreCase(name)) {
      i += 2;
    }
    return i;
  }
}
