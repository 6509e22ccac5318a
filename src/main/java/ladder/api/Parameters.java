package ladder.api;

import java.util.regex.Pattern;
import ladder.http.JsonObject;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;

/** Reads what paths and bodies carry. */
public final class Parameters {
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
      throw new ProblemException(
          ProblemType.BAD_REQUEST,
          "the id in the path must be a positive whole number up to " + ID_MAX);
    }
    return Long.parseLong(text);
  }

  /** A member that must be there and not blank; "" after an error. */
  public static String notBlank(JsonObject in, String name, int lengthMax) {
    String text = in.text(name, 1, lengthMax);
    if (!text.isEmpty() && text.isBlank()) {
      in.error(name, "must not be blank");
    }
    return text;
  }
}
