package ladder;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened, to be closed in reverse: all of it, also when closing one fails, and also when
 * the rest was never opened. Used by one thread; closing is idempotent.
 */
final class Parts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /** Opens a part beside those that follow; it closes in the order of the calls all the same. */
  <T extends AutoCloseable> Future<T> opening(String name, Callable<T> opening) {
    FutureTask<T> part = new FutureTask<>(opening);
    Thread.ofPlatform().name("open-" + name).start(part);
    open.push(() -> closeOnceOpen(part));
    return part;
  }

  /** Waits for a part that is opening; throws what opening it threw. */
  static <T> T await(Future<T> opening) throws Exception {
    try {
      return opening.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void closeOnceOpen(Future<? extends AutoCloseable> opening) throws Exception {
    AutoCloseable part;
    try {
      part = opening.get();
    } catch (ExecutionException e) {
      return; // nothing came to be
    }
    part.close();
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
  }
}
