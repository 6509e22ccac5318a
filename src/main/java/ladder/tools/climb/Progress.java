package ladder.tools.climb;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import ladder.time.Clock;

/** One line for each step, with how many remain and about how long they take. One thread. */
final class Progress {
  private static final int BAR = 20;

  private final PrintStream err;
  private final Clock clock;
  private final long began;
  private int steps;
  private int done;

  Progress(PrintStream err, Clock clock) {
    this.err = err;
    this.clock = clock;
    this.began = clock.nanos();
  }

  /** How many steps are to come, from now on. */
  void expect(int count) {
    steps = done + count;
  }

  /** A step begins. */
  void step(String what) {
    int percent = steps == 0 ? 0 : Math.min(100, 100 * done / steps);
    String bar = "#".repeat(BAR * percent / 100) + ".".repeat(BAR - BAR * percent / 100);
    err.printf(Locale.ROOT, "[%s] %3d%%%s  %s%n", bar, percent, left(), what);
    done++;
  }

  /** Something that is no step of its own. */
  void note(String what) {
    err.printf(Locale.ROOT, "%s  %s%n", " ".repeat(BAR + 7), what);
  }

  private String left() {
    if (done < 5 || done > steps) {
      return "";
    }
    Duration taken = Duration.ofNanos(clock.nanos() - began);
    long seconds = taken.toSeconds() * (steps - done) / done;
    return "  %d:%02d left".formatted(seconds / 60, seconds % 60);
  }
}
