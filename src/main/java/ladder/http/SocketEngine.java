package ladder.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import ladder.time.PeriodicTask;

/**
 * An engine of blocking sockets: each connection has a virtual thread, which reads a request, runs
 * its {@link Exchange}, writes the answer, and reads the next. So a request is handed to no other
 * thread. Deadlines are looked at by one thread for all, since a timer for each read would cost
 * more than the read: a connection past its own is closed, which ends whatever its thread waits
 * for. Thread-safe.
 */
final class SocketEngine implements Engine {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration CLOSE_MAX = Duration.ofMillis(100);
  private static final Duration POLL = Duration.ofMillis(5);

  /** IMF-fixdate (RFC 9110, 5.6.7). */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Date(long second, byte[] header) {}

  final Listener listener;
  private final ServerSocket server;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final PeriodicTask acceptor;
  private final PeriodicTask deadlines;
  private volatile Date date = new Date(0, new byte[0]);
  private volatile boolean stopped;

  SocketEngine(Listener listener) throws IOException {
    this.listener = listener;
    this.server = new ServerSocket();
    server.bind(listener.options.address(), BACKLOG);
    String name = listener.options.name();
    this.acceptor =
        new PeriodicTask("accept-" + name, Thread.ofVirtual(), CLOSE_MAX, this::accept).start();
    this.deadlines =
        new PeriodicTask("deadlines-" + name, Thread.ofVirtual(), CLOSE_MAX, this::look).start();
  }

  @Override
  public int port() {
    return server.getLocalPort();
  }

  private long accept() throws IOException {
    Socket socket = server.accept();
    if (connections.size() >= CONNECTIONS_MAX) {
      socket.close();
      return 0;
    }
    Connection connection = new Connection(socket, this);
    connections.add(connection);
    listener.threads.execute(connection);
    return 0;
  }

  private long look() {
    long now = listener.clock.nanos();
    for (Connection connection : connections) {
      connection.closeIfLate(now);
    }
    return LOOK.toNanos();
  }

  void ended(Connection connection) {
    connections.remove(connection);
  }

  /** Whether a connection may wait for its next request. */
  boolean stopped() {
    return stopped;
  }

  @Override
  public void stop(Duration bound) {
    stopped = true;
    acceptor.close(); // interrupting it closes the socket
    connections.forEach(Connection::closeIfIdle);
    long end = listener.clock.nanos() + bound.toNanos();
    while (!connections.isEmpty()
        && listener.clock.nanos() < end
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    deadlines.close();
    connections.forEach(Connection::close);
  }

  /** The header {@code Date}, written once a second. */
  byte[] date() {
    Instant now = listener.clock.now();
    Date last = date;
    if (last.second != now.getEpochSecond()) {
      last = new Date(now.getEpochSecond(), DATE.format(now).getBytes(US_ASCII));
      date = last;
    }
    return last.header;
  }
}
