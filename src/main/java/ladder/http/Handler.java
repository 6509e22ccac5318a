package ladder.http;

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
