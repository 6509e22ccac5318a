package bench;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;

/** Reads numbers from paths and queries. */
final class Parameters {
  private Parameters() {}

  static long id(Context ctx) {
    return positive(ctx.pathParam("id"), "the id in the path");
  }

  static long positive(String text, String what) {
    try {
      long number = Long.parseLong(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // No number.
    }
    throw new BadRequestResponse(what + " must be a positive whole number");
  }
}
