package ladder.embedded;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers that were started, or were about to be, so that all can be stopped again. */
final class Running implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Running.class);

  private final Deque<Server> servers = new ConcurrentLinkedDeque<>();

  /** Added before it starts, or a start that fails half-way would leave it behind. */
  void add(Server server) {
    servers.push(server);
  }

  /** Stops one that is not to run after all. */
  void remove(Server server) {
    servers.remove(server);
    stop(server);
  }

  Iterable<Server> servers() {
    return servers;
  }

  /** Stops the last that came first: a standby ends before its primary. */
  @Override
  public void close() {
    // Whoever closes while interrupted still wants the servers stopped.
    boolean interrupted = Thread.interrupted();
    try {
      for (Server server : servers) {
        stop(server);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (RuntimeException e) {
      log.warn("{} can't be stopped; the next start will", server.name(), e);
    }
  }
}
