package ladder.http;

import java.io.IOException;
import java.time.Duration;

/**
 * Connections, parsing and framing: brings each request to an {@link Exchange}. Two kinds are
 * there, so that each can be measured against the other. Thread-safe.
 */
sealed interface Engine permits SocketEngine, JdkEngine {
  /** Connections waiting to be accepted; the kernel caps it (net.core.somaxconn). */
  int BACKLOG = 4_096;

  /** Clients at once, each with at most two virtual threads, one body and one answer in memory. */
  int CONNECTIONS_MAX = 20_000;

  /** Binds the listener's port and serves. */
  static Engine start(Listener listener) throws IOException {
    return listener.options.ownEngine() ? new SocketEngine(listener) : new JdkEngine(listener);
  }

  int port();

  /**
   * Stops accepting, waits for exchanges up to the bound or until it is interrupted, then closes
   * all connections.
   */
  void stop(Duration bound);
}
