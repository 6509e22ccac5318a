package ladder.tools.climb;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the figures were measured on. */
public record Machine(int cores, @Nullable String processor, String system, double memoryGib) {
  private static final double GIB = 1L << 30;

  /** One for each of the processes, and some to spare. */
  private static final int MANY_CORES = 8;

  /** This one. */
  public static Machine here() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    double bytes =
        system instanceof com.sun.management.OperatingSystemMXBean more
            ? more.getTotalMemorySize()
            : 0;
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        model(),
        "%s %s %s".formatted(system.getName(), system.getVersion(), system.getArch()),
        Math.round(bytes / GIB * 10) / 10.0);
  }

  private static @Nullable String model() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null; // no Linux
    }
  }

  /** What sharing the cores does to the figures; empty where there are enough for all. */
  String sharing() {
    return cores > MANY_CORES
        ? ""
        : """
          %d cores are shared by the nodes, two PostgreSQL servers, Redis and the load. \
          Throughput is what is left after all of them took their part, so what a rung saves in \
          one place shows only as far as the others let it; what adds machines (a replica, a \
          second node) adds none here; and latencies under load hold the wait for a core.\
          """
            .formatted(cores);
  }
}
