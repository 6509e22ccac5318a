package ladder.api;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;
import ladder.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing, newest first, as the query's {@code limit} and {@code after} ask for it.
 *
 * @param limit how many items it has at most
 * @param after the id that its cursor stands for: it has only older items; {@link Long#MAX_VALUE}
 *     for the newest
 */
public record Page(int limit, long after) {
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 100;

  /**
   * @throws ProblemException 400 when the limit is out of bounds or the cursor is none of ours
   */
  public static Page of(Request request) {
    Map<String, String> query = request.query();
    String limit = query.get("limit");
    String cursor = query.get("after");
    return new Page(
        limit == null ? LIMIT_DEFAULT : limit(limit),
        cursor == null ? Long.MAX_VALUE : after(cursor));
  }

  private static int limit(String text) {
    int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > LIMIT_MAX) {
      throw bad("limit must be a whole number from 1 to " + LIMIT_MAX);
    }
    return limit;
  }

  private static long after(String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length == Long.BYTES) {
        long id = ByteBuffer.wrap(bytes).getLong();
        if (id > 0 && cursor(id).equals(cursor)) {
          return id;
        }
      }
    } catch (IllegalArgumentException e) {
      // Not Base64: no cursor either.
    }
    throw bad("after must be a cursor that an earlier page gave as next");
  }

  /** Opaque to clients, so that what is behind it can change. */
  private static String cursor(long id) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(ProblemType.BAD_REQUEST, detail);
  }

  /**
   * {@code {"name":[…],"next":…}}, where next is the cursor that the next page comes after, or null
   * when this is the last.
   *
   * @param found one more than the limit, if there are so many: it shows that there is a next page
   * @param id of an item, which the cursor stands for
   */
  public <T> Response answer(String name, List<T> found, ToLongFunction<T> id) {
    boolean last = found.size() <= limit;
    List<T> items = last ? found : found.subList(0, limit);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put(name, items);
    body.put("next", last ? null : cursor(id.applyAsLong(items.getLast())));
    return Response.json(200, Json.write(body));
  }
}
