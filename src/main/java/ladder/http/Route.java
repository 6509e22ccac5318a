package ladder.http;

/**
 * A method and a path template such as {@code /users/{id}/orders}, with what answers them.
 *
 * @param template literal segments are compared with the raw path; {@code {name}} takes any one
 *     segment that is not empty
 * @param always whether it is served however many requests are being handled, for whoever watches
 *     or operates the node needs it most then; any other may be refused by {@link Admission}
 */
public record Route(String method, String template, boolean always, Handler handler) {
  /** A route that is refused when too many requests are being handled. */
  public Route(String method, String template, Handler handler) {
    this(method, template, false, handler);
  }

  /** A route that is served however many requests are being handled. */
  public static Route always(String method, String template, Handler handler) {
    return new Route(method, template, true, handler);
  }

  /** What a route does. Called on a virtual thread, so it may block. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers one request.
     *
     * @throws ProblemException for an expected outcome that is not a success
     * @throws ladder.failure.UnavailableException when it cannot now: answered 503
     * @throws Exception for a fault: logged once, answered with a 500 that reveals nothing
     */
    Response handle(Request request) throws Exception;
  }
}
