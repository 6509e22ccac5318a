package ladder.admin;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this process and its machine have used so far: from the JVM's beans, and on Linux from
 * {@code /proc/stat} and the control group's files, version 1 or 2. Where a file is missing its
 * fact is absent: no others, no limit, never throttled. Thread-safe.
 */
public final class Machine {
  /** The kernel's unit of time for user space on every Linux. */
  static final double TICKS_PER_SECOND = 100;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** {@code idle} and {@code iowait} among the numbers of {@code /proc/stat}, from 1. */
  private static final List<Integer> UNUSED = List.of(4, 5);

  /** What of the numbers is time; {@code guest} stands in {@code user} already. */
  private static final int TIMES = 8;

  /** In collections that work beside the threads, these stop nobody. */
  private static final Pattern CONCURRENT = Pattern.compile("Concurrent|Cycles");

  /**
   * Sums since some start.
   *
   * @param cores of the machine, and how many of them this process may use
   * @param own processor seconds of this process
   * @param others processor seconds of everybody else on the machine; 0 when unknown
   * @param throttled seconds in which the process was stopped at its limit
   * @param collecting seconds in which collections stopped all threads
   * @param liveShare of the maximal heap, after the last collection
   * @param allocated bytes
   */
  record Usage(
      double cores,
      double limit,
      double own,
      double others,
      double throttled,
      double collecting,
      double liveShare,
      double allocated) {}

  private final com.sun.management.OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
  private final com.sun.management.ThreadMXBean threads =
      ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class);
  private final List<GarbageCollectorMXBean> collectors =
      ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(bean -> !CONCURRENT.matcher(bean.getName()).find())
          .toList();
  private final List<MemoryPoolMXBean> heap =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
          .toList();
  private final Path proc;
  private final List<Path> groups;

  /** The one that we run on. */
  public static Machine local() {
    return new Machine(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /**
   * @param proc {@code /proc}
   * @param cgroup {@code /sys/fs/cgroup}
   */
  Machine(Path proc, Path cgroup) {
    this.proc = proc;
    this.groups = groups(proc, cgroup);
  }

  /** The directory of the kernel's files. */
  Path proc() {
    return proc;
  }

  /** Reads everything once. */
  Usage read() {
    List<String> stat =
        lines(proc.resolve("stat")).stream().filter(line -> line.startsWith("cpu")).toList();
    double processors = system.getAvailableProcessors();
    double own = system.getProcessCpuTime() / NANOS_PER_SECOND;
    long live = heap.stream().mapToLong(pool -> pool.getCollectionUsage().getUsed()).sum();
    return new Usage(
        stat.isEmpty() ? processors : stat.size() - 1,
        Math.min(processors, quota()),
        own,
        stat.isEmpty() ? 0 : used(stat.getFirst()) - own,
        throttled(),
        collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum()
            / MILLIS_PER_SECOND,
        (double) live / Runtime.getRuntime().maxMemory(),
        threads.getTotalThreadAllocatedBytes());
  }

  private static double used(String line) {
    String[] fields = BLANKS.split(line, -1);
    double ticks = 0;
    for (int i = 1; i < fields.length && i <= TIMES; i++) {
      ticks += UNUSED.contains(i) ? 0 : Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  private double quota() {
    for (Path group : groups) {
      List<String> max = lines(group.resolve("cpu.max"));
      if (!max.isEmpty() && !max.getFirst().startsWith("max")) {
        String[] quotaAndPeriod = BLANKS.split(max.getFirst(), -1);
        return Double.parseDouble(quotaAndPeriod[0]) / Double.parseDouble(quotaAndPeriod[1]);
      }
      List<String> quota = lines(group.resolve("cpu.cfs_quota_us"));
      List<String> period = lines(group.resolve("cpu.cfs_period_us"));
      if (!quota.isEmpty() && !period.isEmpty() && !quota.getFirst().startsWith("-")) {
        return Double.parseDouble(quota.getFirst()) / Double.parseDouble(period.getFirst());
      }
    }
    return Double.MAX_VALUE;
  }

  private double throttled() {
    double most = 0;
    for (Path group : groups) {
      for (String line : lines(group.resolve("cpu.stat"))) {
        String[] fields = BLANKS.split(line, -1);
        double unit =
            switch (fields[0]) {
              case "throttled_usec" -> MICROS_PER_SECOND;
              case "throttled_time" -> NANOS_PER_SECOND;
              default -> Double.POSITIVE_INFINITY;
            };
        most = Math.max(most, Double.parseDouble(fields[1]) / unit);
      }
    }
    return most;
  }

  /**
   * The directories of our control groups for processors, the nearest first. A container sees its
   * own as the root; limits in between are not looked for.
   */
  private static List<Path> groups(Path proc, Path cgroup) {
    List<Path> found = new ArrayList<>();
    for (String line : lines(proc.resolve("self/cgroup"))) {
      String[] fields = line.split(":", 3); // id, controllers (none in version 2), path
      if (fields[1].isEmpty() || List.of(fields[1].split(",", -1)).contains("cpu")) {
        Path root = cgroup.resolve(fields[1]);
        found.addAll(List.of(root.resolve(fields[2].substring(1)), root));
      }
    }
    return found;
  }

  private static List<String> lines(Path file) {
    if (!Files.exists(file)) { // as usual; an exception each second would cost more
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of();
    }
  }
}
