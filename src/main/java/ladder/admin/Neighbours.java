package ladder.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processor seconds of all other processes that can be seen, by the name of their program: a
 * database on this machine is then told from a stranger. Reads a file for each process, so it is
 * asked only while others use much. Thread-safe.
 */
final class Neighbours {
  /** Of {@code /proc/PID/stat}, after the name (proc_pid_stat(5)): fields 14 and 15. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  /** More processes than this are not looked at. */
  private static final int PROCESSES_MAX = 5_000;

  private final Path proc;
  private final String self;

  /**
   * @param proc {@code /proc}
   * @param self our own process, which is left out
   */
  Neighbours(Path proc, long self) {
    this.proc = proc;
    this.self = Long.toString(self);
  }

  /** Seconds by program; empty where there is no such directory. */
  Map<String, Double> seconds() {
    Map<String, Double> found = new HashMap<>();
    for (Path process : processes()) {
      try {
        String stat = Files.readString(process.resolve("stat"));
        int nameEnd = stat.lastIndexOf(')');
        String name = stat.substring(stat.indexOf('(') + 1, nameEnd);
        String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        found.merge(name, ticks / Machine.TICKS_PER_SECOND, Double::sum);
      } catch (IOException | RuntimeException e) {
        // It has just ended, or is not for us to see.
      }
    }
    return found;
  }

  private List<Path> processes() {
    try (Stream<Path> entries = Files.list(proc)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
          .filter(entry -> !entry.getFileName().toString().equals(self))
          .limit(PROCESSES_MAX)
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }
}
