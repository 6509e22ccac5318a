package ladder.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import ladder.http.ProblemException.FieldError;
import ladder.json.Json;
import ladder.json.MalformedJsonException;

/**
 * Reads the members of a JSON object and gathers everything wrong with them, so that a client
 * learns it all from one answer: ask for each member, then call {@link #done} before using any of
 * the values. Not thread-safe.
 */
public final class JsonObject {
  private final ObjectNode object;
  private final List<FieldError> errors = new ArrayList<>();

  private JsonObject(ObjectNode object) {
    this.object = object;
  }

  /** Reads a body; 400 when it is not well-formed JSON, 422 when it is no object. */
  static JsonObject read(byte[] body) {
    try {
      if (Json.read(body) instanceof ObjectNode object) {
        return new JsonObject(object);
      }
    } catch (MalformedJsonException e) {
      throw new ProblemException(ProblemType.BAD_REQUEST, "the body " + e.getMessage());
    }
    throw new ProblemException(ProblemType.UNPROCESSABLE, "the body is not a JSON object");
  }

  /** Whether the member is there, be it null. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** A string whose length lies within bounds, counted in code points; "" after an error. */
  public String text(String name, int lengthMin, int lengthMax) {
    JsonNode value = object.path(name);
    String text = value.asText();
    int length = text.codePointCount(0, text.length());
    if (value.isMissingNode()) {
      error(name, "is required");
    } else if (!value.isTextual()) {
      error(name, "must be a string");
    } else if (length < lengthMin || length > lengthMax) {
      error(name, "must be " + lengthMin + " to " + lengthMax + " characters long");
    } else if (text.codePoints().anyMatch(JsonObject::isUnstorable)) {
      error(name, "must not contain control characters or lone surrogates");
    } else {
      return text;
    }
    return "";
  }

  /** An integer within bounds, written without fraction or exponent; the minimum after an error. */
  public long integer(String name, long min, long max) {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      error(name, "is required");
    } else if (!value.isIntegralNumber()) {
      error(name, "must be an integer");
    } else if (!value.canConvertToLong() || value.longValue() < min || value.longValue() > max) {
      error(name, "must be between " + min + " and " + max);
    } else {
      return value.longValue();
    }
    return min;
  }

  /** Adds an error that the caller found, such as a string that is no email address. */
  public void error(String name, String message) {
    errors.add(new FieldError(name, message));
  }

  /** Ends the reading: 422 with all errors, when there are any. */
  public void done() {
    if (!errors.isEmpty()) {
      throw new ProblemException(
          ProblemType.UNPROCESSABLE,
          "some members of the body are not valid",
          List.of(),
          List.copyOf(errors));
    }
  }

  // PostgreSQL refuses U+0000, and a lone surrogate has no UTF-8.
  private static boolean isUnstorable(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }
}
