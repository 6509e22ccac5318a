package ladder.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and has each request served by an {@link Exchange} on a virtual thread of its
 * own. One context and a router of ours, because the JDK's contexts match by prefix. Thread-safe.
 */
public final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** The JDK reads its bounds once for all listeners; its head must hold more than any of ours. */
  private static final int HEADER_BYTES_LIMIT = 65_536;

  /** From a request's first byte to its last. */
  private static final int REQUEST_SECONDS_MAX = 30;

  /** Connections waiting to be accepted; the kernel caps it (net.core.somaxconn). */
  private static final int BACKLOG = 4_096;

  /** Requests done for so long mean that the JDK waits only for connections that are dead. */
  private static final int QUIET_ROUNDS = 10;

  private static final Duration ROUND = Duration.ofMillis(20);

  /** How long handlers may take to notice their interruption at the very end. */
  private static final Duration INTERRUPTION_MAX = Duration.ofSeconds(1);

  /**
   * Where it listens and what it bears.
   *
   * @param name of its threads, such as "http"
   * @param settings prefix of the settings that name host and port, such as "LADDER_": for the
   *     sentence that says what to change
   * @param port 0 picks a free one
   * @param inflightMax requests handled at a time; those above are answered with 503
   * @param bodyBytesMax the largest body that is read
   * @param headerBytesMax the largest request target plus header names and values, up to 65,536
   * @param bodyTimeout how long a client may take to send a body
   * @param drainTimeout how long {@link #close} waits for requests that are being handled
   * @param trustedProxies whose {@code X-Forwarded-For} is believed
   */
  public record Options(
      String name,
      String settings,
      String host,
      int port,
      int inflightMax,
      int bodyBytesMax,
      int headerBytesMax,
      Duration bodyTimeout,
      Duration drainTimeout,
      List<Cidr> trustedProxies) {
    /** Refuses bounds that the JDK would enforce first, without an answer. */
    public Options {
      if (bodyTimeout.toSeconds() >= REQUEST_SECONDS_MAX) {
        throw new IllegalArgumentException(
            "bodyTimeout is not under " + REQUEST_SECONDS_MAX + " s");
      }
      if (headerBytesMax > HEADER_BYTES_LIMIT) {
        throw new IllegalArgumentException("headerBytesMax is over " + HEADER_BYTES_LIMIT);
      }
      trustedProxies = List.copyOf(trustedProxies);
    }
  }

  /**
   * What is going on.
   *
   * @param inflight requests being handled now
   * @param shed requests refused so far because too many were being handled
   */
  public record Stats(int inflight, long shed) {}

  private final Options options;
  private final Router router;
  private final RequestObserver observer;
  private final LongSupplier nanoClock;
  private final Inflight inflight;
  private final ExecutorService threads;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean draining;
  private volatile @Nullable HttpServer server;

  public Listener(
      Options options, Router router, RequestObserver observer, LongSupplier nanoClock) {
    this.options = options;
    this.router = router;
    this.observer = observer;
    this.nanoClock = nanoClock;
    this.inflight = new Inflight(options.inflightMax());
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(options.name() + "-", 0).factory());
  }

  /**
   * Binds and serves; returns when the port answers.
   *
   * @throws IOException with one sentence that names the fix
   */
  public void start() throws IOException {
    tellTheJdk();
    HttpServer bound = bind();
    bound.createContext("/", http -> new Exchange(http, this).serve());
    bound.setExecutor(threads);
    bound.start();
    server = bound;
  }

  /** The port it listens on; the wished-for one before it does. */
  public int port() {
    HttpServer running = server;
    return running == null ? options.port() : running.getAddress().getPort();
  }

  /** Announces {@code Connection: close} on every answer from now on. */
  public void drain() {
    draining = true;
  }

  /**
   * Stops accepting, waits for what is being handled up to the bound, then closes every connection
   * and interrupts what is left. Idempotent.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    drain();
    HttpServer running = server;
    boolean interrupted = running != null && !stop(running);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(INTERRUPTION_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{}: {} requests ignored their interruption", options.name(), inflight.handled());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A snapshot. */
  public Stats stats() {
    return new Stats(inflight.handled(), inflight.shed());
  }

  Options options() {
    return options;
  }

  Router router() {
    return router;
  }

  RequestObserver observer() {
    return observer;
  }

  Inflight inflight() {
    return inflight;
  }

  boolean draining() {
    return draining;
  }

  long nanos() {
    return nanoClock.getAsLong();
  }

  /**
   * The JDK takes an exchange whose client left for one that still runs, and would wait for it to
   * the bound. So it waits on a thread of its own, which is interrupted when our requests are done.
   *
   * @return false when the caller was interrupted
   */
  private boolean stop(HttpServer running) {
    Duration bound = options.drainTimeout();
    int seconds = (int) Math.min(Integer.MAX_VALUE, bound.plusMillis(999).toSeconds());
    Thread stopper =
        Thread.ofPlatform().name(options.name() + "-stop").start(() -> running.stop(seconds));
    long start = nanos();
    boolean undisturbed = true;
    try {
      for (int quiet = 0; !stopper.join(ROUND); ) {
        quiet = inflight.handled() == 0 ? quiet + 1 : 0;
        if (quiet > QUIET_ROUNDS || nanos() - start >= bound.toNanos()) {
          stopper.interrupt();
        }
      }
    } catch (InterruptedException e) {
      stopper.interrupt();
      undisturbed = false;
    }
    return undisturbed;
  }

  private HttpServer bind() throws IOException {
    String host = options.host();
    InetSocketAddress address = new InetSocketAddress(host, options.port());
    String set = "set " + options.settings();
    if (address.isUnresolved()) {
      throw new BindException("the host " + host + " is not known: " + set + "HOST to another");
    }
    try {
      return HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      String sentence =
          reason.contains("in use")
              ? "port %d on %s is taken: stop what listens there or %sPORT to another"
              : reason.contains("ermission")
                  ? "port %d on %s is not for this user: %sPORT to one above 1023"
                  : "port %d on %s cannot be bound (" + reason + "): %sHOST to one of this machine";
      IOException clear = new BindException(sentence.formatted(options.port(), host, set));
      clear.initCause(e);
      throw clear;
    }
  }

  /** The JDK's server takes its bounds from system properties, read when its classes load. */
  private static void tellTheJdk() {
    // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to larger answers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Above its 200, idle connections would be closed under the clients' hands.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "20000");
    System.setProperty("jdk.httpserver.maxConnections", "20000");
    // Longer than the 60 s for which load balancers usually keep a connection to us.
    System.setProperty("sun.net.httpserver.idleInterval", "75");
    // Seconds, whatever its documentation says: bounds for slow senders and slow readers.
    System.setProperty("sun.net.httpserver.maxReqTime", "" + REQUEST_SECONDS_MAX);
    System.setProperty("sun.net.httpserver.maxRspTime", "60");
    System.setProperty("sun.net.httpserver.maxReqHeaders", "" + 2 * Exchange.HEADERS_MAX);
    System.setProperty("sun.net.httpserver.maxReqHeaderSize", "" + 2 * HEADER_BYTES_LIMIT);
    // Draining knows no deadline; Body does it instead.
    System.setProperty("sun.net.httpserver.drainAmount", "0");
  }
}
