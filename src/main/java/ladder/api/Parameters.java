package ladder.api;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;

/** Reads what paths and queries carry. */
public final class Parameters {
  static final int PAGE_DEFAULT = 20;
  static final int PAGE_MAX = 100;

  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,18}");
  private static final String ID_MAX = Long.toString(Long.MAX_VALUE);

  private Parameters() {}

  /**
   * The path's {@code {id}}.
   *
   * @throws ProblemException 400 when it is not a positive whole number of 64 bits
   */
  public static long id(Request request) {
    String text = request.pathParameter("id");
    if (!ID.matcher(text).matches()
        || (text.length() == ID_MAX.length() && text.compareTo(ID_MAX) > 0)) {
      throw bad("the id in the path must be a positive whole number up to " + ID_MAX);
    }
    return Long.parseLong(text);
  }

  /**
   * How many items a page has at most.
   *
   * @throws ProblemException 400 when it is out of bounds
   */
  public static int limit(Map<String, String> query) {
    String text = query.get("limit");
    if (text == null) {
      return PAGE_DEFAULT;
    }
    if (!text.matches("[0-9]{1,4}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > PAGE_MAX) {
      throw bad("limit must be a whole number from 1 to " + PAGE_MAX);
    }
    return Integer.parseInt(text);
  }

  /**
   * The id that a cursor stands for; of the newest possible when there is no cursor.
   *
   * @throws ProblemException 400 when it is no cursor of ours
   */
  public static long after(Map<String, String> query) {
    String cursor = query.get("after");
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
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
  static String cursor(long id) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(ProblemType.BAD_REQUEST, detail);
  }
}
