package ladder.http;

import java.util.Objects;
import ladder.failure.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where outcomes become answers: what a handler returns is the answer, what it throws
 * becomes one. So a 503 is decided here for all that is away, full or too slow ({@link
 * UnavailableException}); {@link Admission} asks for one when no place is free, and readiness when
 * the node is not ready, by the problem that they throw. Whoever puts headers on every answer of a
 * handler, the refused ones included, lets it run here, too.
 */
public final class Outcome {
  private static final Logger log = LoggerFactory.getLogger(Outcome.class);

  private Outcome() {}

  /** Runs the handler. Throws nothing but what ends the exchange without an answer. */
  public static Response of(Request request, Route.Handler handler) {
    try {
      return Objects.requireNonNull(handler.handle(request), "a handler answered null");
    } catch (ProblemException problem) {
      return problem.answer(request.id());
    } catch (UnavailableException e) {
      return answer(request, ProblemType.UNAVAILABLE, e.getMessage() + "; try again shortly");
    } catch (InterruptedException e) {
      return answer(request, ProblemType.UNAVAILABLE, "the server is stopping");
    } catch (Body.ClientGone e) {
      throw e;
    } catch (Throwable fault) { // an Error, too, must be logged and answered
      log.error("{} {} failed", request.label(), request.route(), fault);
      return answer(
          request, ProblemType.INTERNAL, "the fault is logged under this answer's requestId");
    }
  }

  private static Response answer(Request request, ProblemType type, String detail) {
    return new ProblemException(type, detail).answer(request.id());
  }
}
