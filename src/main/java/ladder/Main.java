package ladder;

import ladder.log.Logging;
import ladder.tools.Commands;

/** Starts the program; {@link Commands} has what it does. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Stopping at once skips whatever still closes, so only here is it decided how.
    Runnable stop = () -> Runtime.getRuntime().halt(Commands.FAILED);
    int exit;
    try {
      exit = new Commands(System.out, System.err, stop).run(args);
    } finally {
      Logging.stop();
    }
    System.exit(exit);
  }
}
