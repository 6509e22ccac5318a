package ladder;

import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened, to be closed in the order of the steps: all of it, also when closing one part
 * fails, and also when the rest was never opened. Each part closes on a thread of its own and
 * within the bound of its step; one that takes longer is left behind with a warning, so the sum of
 * the bounds is what closing takes at most. An interruption ends the wait for the step under way.
 * Used by one thread; closing is idempotent.
 *
 * @param <S> the steps, in closing order
 */
final class Parts<S extends Enum<S>> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private final NavigableMap<S, AutoCloseable> open = new TreeMap<>();
  private final Function<S, Duration> bound;

  Parts(Function<S, Duration> bound) {
    this.bound = bound;
  }

  <T extends AutoCloseable> T opened(S step, T part) {
    open.put(step, part);
    return part;
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    for (var next = open.pollFirstEntry(); next != null; next = open.pollFirstEntry()) {
      S step = next.getKey();
      AutoCloseable part = next.getValue();
      Thread closing =
          Thread.ofPlatform().daemon().name("close-" + step).start(() -> close(step, part));
      try {
        if (!closing.join(bound.apply(step))) {
          log.warn("{} did not close within {} ms", step, bound.apply(step).toMillis());
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(S step, AutoCloseable part) {
    try {
      part.close();
    } catch (Throwable e) { // an Error must not keep the rest open
      log.warn("{} did not close cleanly", step, e);
    }
  }
}
