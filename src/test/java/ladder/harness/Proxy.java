package ladder.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback, between Ladder and one server. A test pauses it to make the server slow,
 * cuts it to make the server gone, and restores it, while the shared server itself serves on.
 */
public final class Proxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;

  private final InetSocketAddress target;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Object gate = new Object();
  private boolean paused;
  private @Nullable ServerSocket listener;

  private Proxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
  }

  /** A proxy in front of the server that a URL names. */
  public static Proxy to(String url) {
    URI uri = URI.create(url);
    try {
      return new Proxy(new InetSocketAddress(uri.getHost(), uri.getPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same URL by way of this proxy. */
  public String url(String url) {
    URI uri = URI.create(url);
    return url.replace(uri.getHost() + ":" + uri.getPort(), "127.0.0.1:" + port);
  }

  /** Connections accepted so far. */
  public int connections() {
    return connections.get();
  }

  /** From now on bytes are taken and held back; connections stay. */
  public void pause() {
    synchronized (gate) {
      paused = true;
    }
  }

  /** Resets all connections and refuses new ones. */
  public void cut() {
    synchronized (gate) {
      close(listener);
      listener = null;
    }
    sockets.forEach(Proxy::reset);
    sockets.clear();
  }

  /** Passes on what was held back, and accepts again. */
  public void restore() {
    synchronized (gate) {
      paused = false;
      gate.notifyAll();
      if (listener == null) {
        try {
          listener = listen(port);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() {
    cut();
    synchronized (gate) {
      paused = false;
      gate.notifyAll();
    }
  }

  private ServerSocket listen(int at) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
    Thread.ofVirtual().name("proxy-accept").start(() -> accept(socket));
    return socket;
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket near = from.accept();
        connections.incrementAndGet();
        sockets.add(near);
        Socket far = new Socket(target.getHostString(), target.getPort());
        sockets.add(far);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        Thread.ofVirtual().name("proxy-there").start(() -> forward(near, far));
        Thread.ofVirtual().name("proxy-back").start(() -> forward(far, near));
        if (from.isClosed()) {
          reset(near); // accepted while the proxy was cut
          reset(far);
        }
      } catch (IOException e) {
        // The proxy was cut, or the server is away: either way there is nothing to forward.
      }
    }
  }

  private void forward(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passGate();
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One end is gone, and so the other goes.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void passGate() throws InterruptedException {
    synchronized (gate) {
      while (paused) {
        gate.wait();
      }
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already.
    }
    close(socket);
  }

  private static void close(@Nullable AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception e) {
      // It only has to be closed.
    }
  }
}
