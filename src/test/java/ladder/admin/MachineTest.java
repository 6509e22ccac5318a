package ladder.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import ladder.admin.Machine.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  private static final double EXACT = 1e-9;

  @TempDir private Path dir;
  private Path proc;
  private Path cgroup;

  @BeforeEach
  void directories() {
    proc = dir.resolve("proc");
    cgroup = dir.resolve("cgroup");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Usage read() {
    return new Machine(proc, cgroup).read();
  }

  @Test
  void withoutTheFilesTheirFactsAreAbsent() {
    Usage usage = read();
    assertEquals(Runtime.getRuntime().availableProcessors(), usage.cores());
    assertEquals(Runtime.getRuntime().availableProcessors(), usage.limit());
    assertEquals(0, usage.others());
    assertEquals(0, usage.throttled());
    assertTrue(usage.own() > 0 && usage.allocated() > 0, usage::toString);
    assertTrue(usage.liveShare() >= 0 && usage.liveShare() <= 1, usage::toString);
  }

  @Test
  void othersAreAllThatTheMachineUsedLessWhatWeDid() throws IOException {
    // user nice system idle iowait irq softirq steal guest guest_nice
    write(
        proc.resolve("stat"),
        """
        cpu  1000000 10 20 5555 6666 30 40 50 999 999
        cpu0 1 1 1 1 1 1 1 1 1 1
        cpu1 1 1 1 1 1 1 1 1 1 1
        cpu2 1 1 1 1 1 1 1 1 1 1
        intr 1 2 3
        """);
    Usage usage = read();
    assertEquals(3, usage.cores());
    assertEquals(10_001.5, usage.own() + usage.others(), EXACT);
  }

  @Test
  void theLimitOfControlGroupsOfVersion2() throws IOException {
    write(proc.resolve("self/cgroup"), "0::/app.slice/ladder\n");
    write(cgroup.resolve("app.slice/ladder/cpu.max"), "50000 100000\n");
    write(
        cgroup.resolve("app.slice/ladder/cpu.stat"),
        "usage_usec 9\nnr_throttled 3\nthrottled_usec 1500000\n");
    assertEquals(0.5, read().limit(), EXACT);
    assertEquals(1.5, read().throttled(), EXACT);
  }

  @Test
  void aContainerFindsItsOwnAsTheRoot() throws IOException {
    write(proc.resolve("self/cgroup"), "0::/\n");
    write(cgroup.resolve("cpu.max"), "25000 100000\n");
    assertEquals(0.25, read().limit(), EXACT);
  }

  @Test
  void theLimitOfControlGroupsOfVersion1() throws IOException {
    write(proc.resolve("self/cgroup"), "7:memory:/x\n4:cpu,cpuacct:/docker/1\n1:cpuset:/\n0::/\n");
    Path group = cgroup.resolve("cpu,cpuacct/docker/1");
    write(group.resolve("cpu.cfs_quota_us"), "30000\n");
    write(group.resolve("cpu.cfs_period_us"), "100000\n");
    write(group.resolve("cpu.stat"), "nr_periods 1\nnr_throttled 1\nthrottled_time 2500000000\n");
    assertEquals(0.3, read().limit(), EXACT);
    assertEquals(2.5, read().throttled(), EXACT);
  }

  @Test
  void noLimitIsAllProcessors() throws IOException {
    write(proc.resolve("self/cgroup"), "0::/\n1:cpu:/\n");
    write(cgroup.resolve("cpu.max"), "max 100000\n");
    write(cgroup.resolve("cpu/cpu.cfs_quota_us"), "-1\n");
    write(cgroup.resolve("cpu/cpu.cfs_period_us"), "100000\n");
    assertEquals(Runtime.getRuntime().availableProcessors(), read().limit());
  }

  @Test
  void neighboursAreSummedByProgramWithoutOurselves() throws IOException {
    String rest = " S 1 1 1 0 -1 4194304 5 6 7 8 %d %d 0 0 20 0 1 0";
    write(proc.resolve("10/stat"), "10 (postgres)" + rest.formatted(100, 50));
    write(proc.resolve("11/stat"), "11 (postgres)" + rest.formatted(200, 50));
    write(proc.resolve("12/stat"), "12 (a (b) c)" + rest.formatted(10, 0));
    write(proc.resolve("13/stat"), "13 (java)" + rest.formatted(900, 0));
    write(proc.resolve("14/other"), "");
    write(proc.resolve("meminfo"), "");
    assertEquals(Map.of("postgres", 4.0, "a (b) c", 0.1), new Neighbours(proc, 13).seconds());
    assertEquals(Map.of(), new Neighbours(dir.resolve("none"), 13).seconds());
  }
}
