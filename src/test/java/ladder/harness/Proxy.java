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
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy on loopback, between Ladder and one server. A test pauses it to make the server slow,
 * cuts it to make the server gone, and restores it, while the shared server itself serves on.
 */
public final class Proxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int BACKLOG = 50;

  private final InetSocketAddress target;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Object gate = new Object();
  private boolean paused;
  private long delayMillis;
  private boolean cut;

  private Proxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("proxy-accept").start(this::accept);
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
    return url.replace(uri.getHost() + ":" + uri.getPort(), "127.0.0.1:" + listener.getLocalPort());
  }

  /** Connections passed on so far. */
  public int connections() {
    return connections.get();
  }

  /** From now on bytes are taken and held back; connections stay. */
  public void pause() {
    synchronized (gate) {
      paused = true;
    }
  }

  /** From now on what the server answers is passed on so much later. */
  public void delay(Duration by) {
    synchronized (gate) {
      delayMillis = by.toMillis();
    }
  }

  /** Resets all connections, and new ones at once. The port is kept, or another might take it. */
  public void cut() {
    synchronized (gate) {
      cut = true;
      sockets.forEach(Proxy::reset);
      sockets.clear();
    }
  }

  /** Passes on what was held back, and what comes. */
  public void restore() {
    synchronized (gate) {
      paused = false;
      cut = false;
      delayMillis = 0;
      gate.notifyAll();
    }
  }

  @Override
  public void close() {
    cut();
    close(listener);
    synchronized (gate) {
      paused = false;
      gate.notifyAll();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        near.setTcpNoDelay(true);
        synchronized (gate) {
          if (cut) {
            reset(near);
          } else {
            Socket far = new Socket(target.getHostString(), target.getPort());
            far.setTcpNoDelay(true);
            sockets.add(near);
            sockets.add(far);
            connections.incrementAndGet();
            Thread.ofVirtual().name("proxy-there").start(() -> forward(near, far, false));
            Thread.ofVirtual().name("proxy-back").start(() -> forward(far, near, true));
          }
        }
      } catch (IOException e) {
        // The proxy was closed, or the server is away: either way there is nothing to pass on.
      }
    }
  }

  private void forward(Socket from, Socket to, boolean back) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passGate(back);
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

  private void passGate(boolean back) throws InterruptedException {
    synchronized (gate) {
      while (paused) {
        gate.wait();
      }
      if (back && delayMillis > 0) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        for (long left = delayMillis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
          gate.wait(left);
        }
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

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It only has to be closed.
    }
  }
}
