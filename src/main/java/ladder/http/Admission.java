package ladder.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * Decides which requests are handled now: so many places, one for each request at work. A request
 * holds its place only while we work for it, and not while we wait for its client to send or to
 * read, so clients that stall take nothing from others. Who finds no place is refused at once,
 * since a queue would only make all late. Routes that are {@link Route#always} served need none.
 * Thread-safe.
 */
final class Admission {
  private final Semaphore places;
  private final LongAdder refused = new LongAdder();

  Admission(int placesMax) {
    this.places = new Semaphore(placesMax);
  }

  /** Requests refused so far. */
  long refused() {
    return refused.sum();
  }

  /**
   * The place of one request. It is given up and taken again each time that its client lets us
   * wait. Used by the request's thread alone.
   */
  final class Place {
    private final boolean always;
    private boolean held;
    private boolean wasRefused;

    Place(boolean always) {
      this.always = always;
    }

    /** Takes a place, if the route needs one; 503 when there is none. */
    void take() {
      if (always || held) {
        return;
      }
      held = places.tryAcquire();
      if (!held) {
        wasRefused = true;
        refused.increment();
        throw new ProblemException(ProblemType.UNAVAILABLE, "too many requests are being handled");
      }
    }

    /** Idempotent. */
    void leave() {
      if (held) {
        held = false;
        places.release();
      }
    }

    boolean wasRefused() {
      return wasRefused;
    }
  }
}
