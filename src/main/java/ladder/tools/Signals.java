package ladder.tools;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Handles SIGTERM and SIGINT. The JVM's own shutdown hooks are not enough: with them the exit code
 * is never 0, and a second signal is ignored. {@code sun.misc.Signal} has no successor (JEP 260)
 * and is reached by reflection only because javac's warning about it cannot be suppressed.
 * Thread-safe.
 */
final class Signals {
  /**
   * A terminal and make may pass one signal on twice at almost the same moment; a person who wants
   * to stop now takes longer.
   */
  private static final Duration ECHO = Duration.ofMillis(200);

  private final Runnable first;
  private final Runnable second;
  private final Clock clock;

  /** When the first arrived. Each signal has a thread of its own, so an echo may overtake. */
  private final AtomicReference<@Nullable Long> arrivedNanos = new AtomicReference<>();

  /**
   * @param first runs at the first signal
   * @param second runs at each signal after it
   */
  Signals(Runnable first, Runnable second, Clock clock) {
    this.first = first;
    this.second = second;
    this.clock = clock;
  }

  /** Handles them from now on. */
  void install() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object received =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handler},
            (_, _, _) -> {
              received();
              return null;
            });
    for (String name : List.of("TERM", "INT")) {
      Object _ =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance(name), received);
    }
  }

  void received() {
    long now = clock.nanos();
    Long firstNanos = arrivedNanos.compareAndExchange(null, now);
    if (firstNanos == null) {
      first.run();
    } else if (now - firstNanos > ECHO.toNanos()) {
      second.run();
    }
  }
}
