package ladder.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import ladder.http.Response.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection to a {@link SocketEngine}: its requests, one after the other.
 *
 * <pre>
 *   idle ──first byte──▶ head ──whole──▶ exchange ──answered, body read──▶ idle
 *    │ 75 s, stop         │ 30 s          │ malformed, to be closed, body not read, 60 s
 *    ▼                    ▼               ▼
 *   closed ◀──────────────────────────── what is still sent is read for a moment
 * </pre>
 *
 * <p>All but the methods that close it belong to its own thread.
 */
final class Connection implements Runnable {
  /** Longer than the 60 s for which load balancers usually keep a connection to us. */
  private static final Duration IDLE_MAX = Duration.ofSeconds(75);

  /** From a request's first byte to the last of its head. */
  private static final Duration HEAD_MAX = Duration.ofSeconds(30);

  /** A body and a handler have their own bounds. */
  private static final Duration UNBOUNDED = Duration.ofDays(365);

  /** From the first byte of an answer to its last: bounds a client that does not read. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  /** Read before closing, so that the client reads its answer and not a reset. */
  private static final int LINGER_BYTES_MAX = 1_048_576;

  private static final Duration LINGER_MAX = Duration.ofSeconds(2);
  private static final byte[] NOTHING = {};
  private static final Header CLOSE = new Header("Connection", "close");
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final Socket socket;
  private final SocketEngine engine;
  private final Input in;
  private final Output out;
  private volatile boolean idle = true;
  private volatile long deadlineNanos;

  Connection(Socket socket, SocketEngine engine) throws IOException {
    this.socket = socket;
    this.engine = engine;
    this.in = new Input(socket.getInputStream());
    this.out = new Output(socket.getOutputStream());
    allow(IDLE_MAX);
  }

  @Override
  public void run() {
    try (socket) {
      // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to larger answers.
      socket.setTcpNoDelay(true);
      while (!engine.stopped() && in.awaitByte() && serveNext()) {
        allow(IDLE_MAX);
        idle = true;
      }
    } catch (IOException e) {
      log.debug("a connection ended: {}", e.getMessage());
    } finally {
      engine.ended(this);
    }
  }

  /** Whether the connection is of further use. */
  private boolean serveNext() throws IOException {
    idle = false;
    allow(HEAD_MAX);
    Received received = new Received(HeadReader.read(in));
    allow(UNBOUNDED);
    new Exchange(received, engine.listener).serve();
    if (received.closes) {
      linger();
    }
    return !received.closes && received.body.ended();
  }

  /** Ends our side, and reads what the client still sends, within a bound and a time. */
  private void linger() throws IOException {
    socket.shutdownOutput();
    allow(LINGER_MAX);
    long _ = in.skip(LINGER_BYTES_MAX);
  }

  private void allow(Duration time) {
    deadlineNanos = engine.listener.clock.nanos() + time.toNanos();
  }

  void closeIfLate(long nowNanos) {
    if (nowNanos - deadlineNanos > 0) {
      close();
    }
  }

  void closeIfIdle() {
    if (idle) {
      close();
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("a connection did not close cleanly", e);
    }
  }

  private final class Received implements Incoming {
    private final Head head;
    private final BodyInput body;
    private final List<Header> headers = new ArrayList<>();

    /** Whether the answer is the connection's last. */
    private boolean closes;

    Received(Head head) throws IOException {
      this.head = head;
      this.body = new BodyInput(head, in);
      boolean old = head.protocol.equals("HTTP/1.0");
      this.closes = old ? !asks("keep-alive") : asks("close");
      if (old && !closes) {
        setHeader("Connection", "keep-alive");
      }
      if ("100-continue".equalsIgnoreCase(head.header("Expect")) && !old) {
        out.proceed();
      }
    }

    private boolean asks(String option) {
      String options = head.header("Connection");
      return options != null && options.toLowerCase(Locale.ROOT).contains(option);
    }

    @Override
    public Head head() {
      return head;
    }

    @Override
    public InetAddress peer() {
      return socket.getInetAddress();
    }

    @Override
    public InputStream body() {
      return body;
    }

    @Override
    public void setHeader(String name, String value) {
      headers.add(new Header(name, value));
    }

    @Override
    public void send(Response response, boolean bodiless) throws IOException {
      boolean streams = response.stream() != null;
      boolean chunks = streams && !bodiless && !head.protocol.equals("HTTP/1.0");
      headers.addAll(response.headers());
      closes |= headers.contains(CLOSE) || (streams && !bodiless && !chunks);
      if (closes) {
        headers.add(CLOSE);
      }
      if (chunks) {
        setHeader("Transfer-Encoding", "chunked");
      } else if (!streams && response.status() != 204 && response.status() != 304) {
        setHeader("Content-Length", Integer.toString(response.body().length));
      }
      allow(ANSWER_MAX);
      out.head(response.status(), engine.date(), headers);
      out.text("\r\n");
      if (bodiless || response.stream() == null) {
        out.send(bodiless ? NOTHING : response.body());
      } else {
        out.stream(response.stream(), chunks);
      }
      allow(UNBOUNDED);
    }
  }
}
