package ladder.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A peer's process. What it used is read from outside: {@code /proc}, and JMX. */
final class Server implements AutoCloseable {
  /** The same heap for everyone, and what Netty and Chronicle are faster with. */
  static final List<String> JVM = List.of("-Xmx512m", "--sun-misc-unsafe-memory-access=allow");

  private static final String NODE_HEAP = "--max-old-space-size=512";
  private static final Duration START_MAX = Duration.ofMinutes(1);
  private static final Duration END_MAX = Duration.ofSeconds(15);
  private static final Duration REST = Duration.ofMillis(5);

  /** USER_HZ, which Linux shows to all programs as 100. */
  private static final double TICKS_PER_SECOND = 100;

  private final Process process;
  private final URI base;
  private final double startSeconds;

  private Server(Process process, URI base, double startSeconds) {
    this.process = process;
    this.base = base;
    this.startSeconds = startSeconds;
  }

  /** Settings that a start needs, for a port. */
  interface Settings {
    Map<String, String> on(int port);
  }

  static Server start(Peer peer, Settings settings, Path log)
      throws IOException, InterruptedException {
    int port = freePort();
    ProcessBuilder builder = new ProcessBuilder(command(peer)).directory(peer.folder().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LADDER_"));
    builder.environment().putAll(settings.on(port));
    builder.environment().putAll(peer.environment());
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    long began = System.nanoTime();
    Process process = builder.start();
    URI base = URI.create("http://127.0.0.1:" + port);
    try {
      awaitLive(process, base, began, peer, log);
    } catch (IOException | InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
    return new Server(process, base, (System.nanoTime() - began) / 1e9);
  }

  private static List<String> command(Peer peer) {
    List<String> command = new ArrayList<>(peer.command());
    if (command.getFirst().equals("java")) {
      command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(1, JVM);
    } else if (command.getFirst().equals("node")) {
      command.add(1, NODE_HEAP);
    }
    return command;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static void awaitLive(Process process, URI base, long began, Peer peer, Path log)
      throws IOException, InterruptedException {
    HttpRequest live = HttpRequest.newBuilder(base.resolve("/health/live")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() - began < START_MAX.toNanos()) {
        if (process.waitFor(REST.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
        try {
          if (client.send(live, BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          // Not yet.
        }
      }
    }
    throw new IOException("%s does not start: see %s".formatted(peer.name(), log));
  }

  URI base() {
    return base;
  }

  /** From the start of the process to the first answer. */
  double startSeconds() {
    return startSeconds;
  }

  /** User and system time of all its threads. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /** Bytes that a JVM's threads have allocated so far; -1 for what is no JVM. */
  @SuppressWarnings("BanJNDI") // of a process that we have started
  long allocatedBytes() throws IOException {
    if (!process.info().command().orElse("").endsWith("java")) {
      return -1;
    }
    try {
      VirtualMachine jvm = VirtualMachine.attach(Long.toString(process.pid()));
      String address = jvm.startLocalManagementAgent();
      jvm.detach();
      try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
        MBeanServerConnection beans = connector.getMBeanServerConnection();
        return (long)
            beans.getAttribute(
                new ObjectName("java.lang:type=Threading"), "TotalThreadAllocatedBytes");
      }
    } catch (AttachNotSupportedException | JMException e) {
      throw new IOException("its allocations cannot be read", e);
    }
  }

  /** At once, as a machine that fails. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Whether SIGTERM ends it in time. */
  boolean terminates() throws InterruptedException {
    process.destroy();
    return process.waitFor(END_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    try {
      if (!terminates()) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
