package ladder.harness.history;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does something again and again, after random waits, until it is closed. */
public final class Repeated implements AutoCloseable {
  private static final Duration END_WAIT_MAX = Duration.ofSeconds(60);

  /** One time of it. */
  @FunctionalInterface
  public interface Step {
    void run(Random random) throws Exception;
  }

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Exception fault;

  /**
   * @param waitMax it waits up to so long before each time
   */
  public Repeated(Duration waitMax, long seed, Step step) {
    Random random = new Random(seed);
    this.thread =
        Thread.ofVirtual()
            .name("repeated")
            .start(
                () -> {
                  try {
                    while (!closed.await(
                        random.nextLong(waitMax.toNanos()), TimeUnit.NANOSECONDS)) {
                      step.run(random);
                    }
                  } catch (Exception e) {
                    fault = e;
                  }
                });
  }

  /**
   * Returns when the last time has ended.
   *
   * @throws AssertionError when one failed
   */
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!thread.join(END_WAIT_MAX)) {
        throw new AssertionError("it does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    if (fault != null) {
      throw new AssertionError("what is repeated failed", fault);
    }
  }
}
