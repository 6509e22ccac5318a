package ladder.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import ladder.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing, newest first.
 *
 * @param next the cursor that the next page comes after; null when this is the last
 */
public record Page<T>(List<T> items, @Nullable String next) {
  /**
   * @param found one more than the limit, if there are so many: it shows that there is a next page
   * @param id of an item, which the cursor stands for
   */
  public static <T> Page<T> of(List<T> found, int limit, ToLongFunction<T> id) {
    if (found.size() <= limit) {
      return new Page<>(found, null);
    }
    List<T> items = found.subList(0, limit);
    return new Page<>(items, Parameters.cursor(id.applyAsLong(items.getLast())));
  }

  /** {@code {"name":[…],"next":…}}. */
  public byte[] json(String name) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put(name, items);
    body.put("next", next);
    return Json.write(body);
  }
}
