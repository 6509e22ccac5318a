package ladder.time;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether something we depend on answers: the one state machine for every dependency.
 *
 * <pre>
 *                 failuresMin failures in a row: logged once
 *   answering ─────────────────────────────────────────────▶ outage
 *       ▲                                                      │ one try after each backoff
 *       └──────────────────────────────────────────────────────┘
 *         a success; logged by the first that comes QUIET after the last failure
 * </pre>
 *
 * <p>A dependency that fails every few calls would otherwise log at each of them, so its recovery
 * is logged only after a quiet time, and a failure within that time belongs to the same outage.
 * Thread-safe; a success without an outage costs one volatile read.
 */
public final class Outage {
  /** Failures closer together than this are one outage in the log. */
  public static final Duration QUIET = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  private final String subject;
  private final String consequence;
  private final int failuresMin;
  private final Backoff backoff;
  private final Clock clock;
  private volatile int inARow;
  private volatile boolean reported;
  private long lastFailureNanos;
  private long nextTryNanos;

  /**
   * @param subject what does not answer, as in "Redis"
   * @param consequence what that means meanwhile, as in "reads go to the database"
   * @param failuresMin so many failures in a row begin the outage
   * @param backoff the waits between two tries during the outage
   */
  public Outage(String subject, String consequence, int failuresMin, Backoff backoff, Clock clock) {
    this.subject = subject;
    this.consequence = consequence;
    this.failuresMin = failuresMin;
    this.backoff = backoff;
    this.clock = clock;
  }

  /** Records a failure; its reason is logged if it begins an outage. */
  public synchronized void failed(String reason) {
    long now = clock.nanos();
    inARow++;
    lastFailureNanos = now;
    holdBack(now);
    if (inARow >= failuresMin && !reported) {
      reported = true;
      log.warn("{} does not answer, {}: {}", subject, consequence, reason);
    }
  }

  /** Records a success, which ends the outage. */
  public void succeeded() {
    if (inARow > 0 || reported) {
      end();
    }
  }

  private synchronized void end() {
    inARow = 0;
    if (reported && clock.nanos() - lastFailureNanos >= QUIET.toNanos()) {
      reported = false;
      log.info("{} answers again", subject);
    }
  }

  /** Whether there is an outage now. */
  public boolean active() {
    return inARow >= failuresMin;
  }

  /** How long to wait before the next try; zero or less when one is allowed now. */
  public synchronized long holdNanos() {
    return active() ? nextTryNanos - clock.nanos() : 0;
  }

  /** Whether the caller may try now: always without an outage; during one, one caller a backoff. */
  public synchronized boolean mayTry() {
    if (holdNanos() > 0) {
      return false;
    }
    holdBack(clock.nanos());
    return true;
  }

  private void holdBack(long nowNanos) {
    nextTryNanos = nowNanos + backoff.waitNanos(Math.max(1, inARow - failuresMin + 1));
  }
}
