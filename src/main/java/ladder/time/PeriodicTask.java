package ladder.time;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task repeatedly on its own thread until it is closed: the one loop for all background
 * work. The task says after each run how long to wait; {@link #wake} ends that wait. Nothing that a
 * run throws ends the loop, an {@link Error} included: it is logged once until a run succeeds, and
 * the task runs again after {@link #RETRY}. Thread-safe.
 */
public final class PeriodicTask implements AutoCloseable {
  /** One run. */
  @FunctionalInterface
  public interface Run {
    /**
     * Does what there is to do.
     *
     * @return nanoseconds to wait before the next run, unless it is woken; 0 or less for none
     */
    long run() throws Exception;
  }

  /** How soon a run that failed is repeated. */
  public static final Duration RETRY = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

  private final String name;
  private final Run run;
  private final Thread thread;
  private final Duration closeMax;

  /** A permit for each wake-up, so that one that comes during a run is not missed. */
  private final Semaphore wakeUps = new Semaphore(0);

  private volatile boolean closed;
  private volatile boolean interrupted;
  private volatile boolean failing;

  /**
   * Does not start it yet.
   *
   * @param thread what kind of thread runs it: virtual for waiting, a platform thread for what
   *     would hold a carrier
   * @param closeMax how long {@link #close} waits for a run under way to end when interrupted
   */
  public PeriodicTask(String name, Thread.Builder thread, Duration closeMax, Run run) {
    this.name = name;
    this.run = run;
    this.closeMax = closeMax;
    this.thread = thread.name(name).unstarted(this::loop);
  }

  public PeriodicTask start() {
    thread.start();
    return this;
  }

  private void loop() {
    while (!closed) {
      int _ = wakeUps.drainPermits();
      await(runOnce());
    }
  }

  private long runOnce() {
    try {
      long waitNanos = run.run();
      failing = false;
      return waitNanos;
    } catch (InterruptedException e) { // closing interrupts; otherwise only the run is over
      return 0;
    } catch (Throwable e) { // an Error must not end the loop silently either
      if (!failing && !interrupted) {
        log.error("{}: a run failed, the next is in {} ms", name, RETRY.toMillis(), e);
      }
      failing = true;
      return RETRY.toNanos();
    }
  }

  private void await(long nanos) {
    try {
      boolean _ = nanos > 0 && wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      log.debug("{}: interrupted", name);
    }
  }

  /** Ends the wait before the next run. */
  public void wake() {
    wakeUps.release();
  }

  /** Whether the last run failed. */
  public boolean failing() {
    return failing;
  }

  /** Waits until the loop has ended; false when it has not within the bound. */
  public boolean join(Duration max) {
    try {
      return thread.getState() == Thread.State.NEW || thread.join(max);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Lets the run under way be the last, without interrupting it. */
  public void finish() {
    closed = true;
    wake();
  }

  /**
   * Interrupts the run under way and waits for its end within the bound; what that run throws is
   * not logged. Idempotent.
   */
  @Override
  public void close() {
    interrupted = true;
    finish();
    thread.interrupt();
    if (!join(closeMax)) {
      log.warn("{}: a run ignores its interruption", name);
    }
  }
}
