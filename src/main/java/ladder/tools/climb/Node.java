package ladder.tools.climb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Ladder in a process of its own, on the scratch servers. Used by one thread. */
final class Node implements AutoCloseable {
  /** As {@code make run} has it, with a heap that several nodes find room for. */
  static final List<String> JVM = List.of("--sun-misc-unsafe-memory-access=allow", "-Xmx512m");

  private static final Duration REST = Duration.ofMillis(50);
  private static final int LOOKS_MAX = 1_200;
  private static final int ANSWER_MILLIS_MAX = 2_000;

  private final Child child;
  private final int port;
  private final Path directory;

  private Node(Child child, int port, Path directory) {
    this.child = child;
    this.port = port;
    this.directory = directory;
  }

  /**
   * Starts it and returns when it is ready.
   *
   * @param rungs as in LADDER_RUNGS
   * @param more settings over the usual ones: a limit out of the way, long statements allowed
   */
  static Node start(Scratch scratch, String rungs, Map<String, String> more)
      throws IOException, InterruptedException {
    int port = freePort();
    Path directory = scratch.nodeDirectory(port);
    Map<String, String> settings = new HashMap<>(scratch.settings());
    settings.put("LADDER_PORT", Integer.toString(port));
    settings.put("LADDER_ADMIN_PORT", "0");
    settings.put("LADDER_DATA_DIR", directory.toString());
    settings.put("LADDER_RUNGS", rungs);
    settings.put("LADDER_RATE_LIMIT", "100000/1s");
    settings.put("LADDER_STATEMENT_TIMEOUT", "60s");
    settings.put("LADDER_POOL_WAIT", "30s");
    settings.put("LADDER_DRAIN_TIMEOUT", "100ms");
    settings.putAll(more);
    Child child = Child.start(JVM, List.of("serve"), settings, false);
    try {
      Node node = new Node(child, port, directory);
      node.awaitReady();
      return node;
    } catch (Throwable e) { // an interrupt must not leave it running
      child.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int looks = 0; looks < LOOKS_MAX; looks++) {
      if (child.ends(REST)) {
        throw child.failure("did not start");
      }
      try {
        String _ = get(port, "/health/ready");
        return;
      } catch (IOException e) {
        // not yet
      }
    }
    throw child.failure("is not ready after a minute");
  }

  private static String get(int port, String path) throws IOException {
    URLConnection request = URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    request.setConnectTimeout(ANSWER_MILLIS_MAX);
    request.setReadTimeout(ANSWER_MILLIS_MAX);
    try (InputStream answer = request.getInputStream()) {
      return new String(answer.readAllBytes(), UTF_8);
    }
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  @Override
  public void close() throws IOException {
    child.close();
    ScratchData.delete(directory);
  }
}
