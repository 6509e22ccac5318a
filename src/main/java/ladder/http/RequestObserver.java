package ladder.http;

/** Told of every answer; where the metrics come from. Called on the request's thread. */
@FunctionalInterface
public interface RequestObserver {
  /**
   * One request is over.
   *
   * @param route the template, or "none" when no route was found
   * @param method one of the well-known methods, or "OTHER": a bounded set of labels
   * @param status as answered; 499 when the client left before it could be
   * @param nanos from the parsed head of the request to the last byte handed to the socket
   */
  void answered(String route, String method, int status, long nanos);
}
