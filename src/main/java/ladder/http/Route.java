package ladder.http;

/**
 * A method and a path template such as {@code /users/{id}/orders}, with what answers them.
 *
 * @param template literal segments are compared with the raw path; {@code {name}} takes any one
 *     segment that is not empty
 */
public record Route(String method, String template, Handler handler) {
  /** What a route does. Called on a virtual thread of its own, so it may block. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers one request.
     *
     * @throws ProblemException for an expected outcome that is not a success
     * @throws Exception for a fault: logged once, answered with a 500 that reveals nothing
     */
    Response handle(Request request) throws Exception;
  }
}
