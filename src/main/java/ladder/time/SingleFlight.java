package ladder.time;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import ladder.failure.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Lets those who need the same thing at the same time share one call for it. The first to come
 * calls, on its own thread; the others wait for it, but not for ever: when a call takes too long,
 * one of those that wait calls anew, and so when it fails for a reason of its own. That something
 * is unavailable is for all. Nothing is kept when the call is over. Thread-safe.
 *
 * @param <T> what the call returns
 */
public final class SingleFlight<T extends @Nullable Object> {
  /** After so many waits that ended in vain the caller is refused. */
  private static final int WAITS_MAX = 2;

  private final String what;
  private final Duration waitMax;
  private final ConcurrentHashMap<String, FutureTask<T>> pending = new ConcurrentHashMap<>();

  /**
   * @param what is called for, for the sentence of a refusal
   * @param waitMax how long one waits for another's call
   */
  public SingleFlight(String what, Duration waitMax) {
    this.what = what;
    this.waitMax = waitMax;
  }

  /**
   * Calls, or waits for the call with this key that is under way.
   *
   * @throws UnavailableException when others' calls take too long, or the caller is interrupted
   */
  public T join(String key, Supplier<T> call) {
    for (int wait = 0; wait < WAITS_MAX; wait++) {
      FutureTask<T> own = flight(key, call);
      FutureTask<T> flight = pending.computeIfAbsent(key, _ -> own);
      try {
        if (flight.equals(own)) {
          own.run();
        }
        return flight.get(waitMax.toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        boolean shared = e.getCause() instanceof UnavailableException || wait + 1 == WAITS_MAX;
        if (shared || flight.equals(own)) {
          throw unwrapped(e);
        }
      } catch (TimeoutException e) {
        boolean _ = pending.remove(key, flight);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnavailableException("the node is about to stop", e);
      }
    }
    throw new UnavailableException(what + " takes too long");
  }

  /** One that is not joined any more from the moment that its outcome is known. */
  private FutureTask<T> flight(String key, Supplier<T> call) {
    AtomicReference<@Nullable FutureTask<T>> own = new AtomicReference<>();
    own.set(
        new FutureTask<>(
            () -> {
              try {
                return call.get();
              } finally {
                boolean _ = pending.remove(key, requireNonNull(own.get()));
              }
            }));
    return requireNonNull(own.get());
  }

  static RuntimeException unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case Error cause -> throw cause;
      case null, default -> new IllegalStateException(e);
    };
  }

  /** Whoever comes from now on does not share the call that is under way. */
  public void forget(String key) {
    Object _ = pending.remove(key);
  }
}
