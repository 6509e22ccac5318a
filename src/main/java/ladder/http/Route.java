package ladder.http;

/**
 * A method and a path template such as {@code /users/{id}/orders}, with what answers them.
 *
 * @param template literal segments are compared with the raw path; {@code {name}} takes any one
 *     segment that is not empty
 * @param priority whether {@link Admission} may refuse it
 */
public record Route(String method, String template, Priority priority, Handler handler) {
  /** What happens to a request when too many are being handled. */
  public enum Priority {
    /** It is refused. */
    NORMAL,
    /** It is served all the same: whoever watches or operates the node needs it most then. */
    ALWAYS
  }

  /** A route that is refused when too many requests are being handled. */
  public Route(String method, String template, Handler handler) {
    this(method, template, Priority.NORMAL, handler);
  }

  /** A route that is served however many requests are being handled. */
  public static Route always(String method, String template, Handler handler) {
    return new Route(method, template, Priority.ALWAYS, handler);
  }

  /** What a route does. Called on a virtual thread of its own, so it may block. */
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
