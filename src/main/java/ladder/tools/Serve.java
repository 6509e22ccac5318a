package ladder.tools;

import ch.qos.logback.classic.Level;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import ladder.App;
import ladder.Config;
import ladder.time.Clock;

/**
 * The command that serves, until a signal. The first signal drains, or ends a start that is still
 * under way; the second stops at once. Used once, by one thread.
 */
final class Serve {
  private final Clock clock;
  private final Runnable stopAtOnce;
  private final CountDownLatch signalled = new CountDownLatch(1);

  Serve(Clock clock, Runnable stopAtOnce) {
    this.clock = clock;
    this.stopAtOnce = stopAtOnce;
  }

  /** Logs to {@code out}. */
  int run(PrintStream out, PrintStream err) throws Exception {
    Thread starting = Thread.currentThread();
    // Interrupted first: whoever sees the latch open is not interrupted afterwards.
    Runnable first =
        () -> {
          starting.interrupt();
          signalled.countDown();
        };
    new Signals(first, stopAtOnce, clock).install();
    Config config = Commands.config(err, out, Level.INFO);
    try (App app = new App(config, clock)) {
      app.start();
      signalled.await();
    } catch (Exception e) {
      if (signalled.getCount() > 0 && !(e instanceof InterruptedException)) {
        throw e;
      }
    }
    return 0;
  }
}
