package ladder.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.BooleanSupplier;
import ladder.http.ProblemException;
import ladder.http.ProblemType;
import ladder.http.Request;
import ladder.http.Response;

/**
 * Liveness and readiness, for a load balancer. Live: the process answers. Ready: it can also serve
 * reads, and is not about to stop. Thread-safe.
 */
public final class Health {
  private static final Response LIVE = status("live");
  private static final Response READY = status("ready");

  private final BooleanSupplier databaseReady;
  private volatile boolean draining;

  public Health(BooleanSupplier databaseReady) {
    this.databaseReady = databaseReady;
  }

  /** From now on it is not ready, so that a load balancer sends nothing new. */
  public void drain() {
    draining = true;
  }

  public Response live(Request request) {
    return LIVE;
  }

  public Response ready(Request request) {
    if (draining) {
      throw unready("the node is about to stop");
    }
    if (!databaseReady.getAsBoolean()) {
      throw unready("no database answers");
    }
    return READY;
  }

  private static Response status(String status) {
    return Response.json(200, "{\"status\":\"%s\"}".formatted(status).getBytes(UTF_8));
  }

  private static ProblemException unready(String why) {
    return new ProblemException(ProblemType.UNAVAILABLE, why);
  }
}
