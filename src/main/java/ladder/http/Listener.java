package ladder.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import ladder.settings.Settings;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and has each request served by an {@link Exchange} on a virtual thread of its
 * own. One context and a router of ours, because the JDK's contexts match by prefix. Thread-safe.
 */
public final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** Connections waiting to be accepted; the kernel caps it (net.core.somaxconn). */
  private static final int BACKLOG = 4_096;

  /** Nothing handled for so long means that the JDK waits only for connections that are dead. */
  private static final int QUIET_ROUNDS = 10;

  private static final Duration ROUND = Duration.ofMillis(20);

  /** How long handlers may take to notice their interruption at the very end. */
  private static final Duration INTERRUPTION_MAX = Duration.ofSeconds(1);

  private static final int BODY_BYTES_MAX = 64 * 1024;

  /** Twice what browsers and proxies are known to send; keys, traces and cookies fit with ease. */
  private static final int HEADER_BYTES_MAX = 16 * 1024;

  /**
   * Where it listens and how much it takes.
   *
   * @param name of its threads, such as "http"
   * @param settings prefix of those that name host and port, for the sentence that names the fix
   * @param port 0 picks a free one
   * @param inflightMax requests handled at a time; those above are answered with 503
   * @param bodyBytesMax the largest body that is read
   * @param headerBytesMax the largest request target plus header names and values, up to 65,536
   * @param bodyTimeout how long a client may take to send a body, below 30 s
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
    /** Host and port are those of the settings that begin with the prefix. */
    public static Options from(
        Settings s, String name, int inflightMax, String prefix, Duration drainTimeout) {
      return new Options(
          name,
          prefix,
          s.required(prefix + "HOST", host -> host),
          s.integer(prefix + "PORT", 0, 65_535),
          inflightMax,
          BODY_BYTES_MAX,
          HEADER_BYTES_MAX,
          s.duration("LADDER_BODY_TIMEOUT", Duration.ofMillis(100), Duration.ofSeconds(25)),
          drainTimeout,
          s.required("LADDER_TRUSTED_PROXIES", Cidr::list));
    }
  }

  /** Requests being handled now, and refused so far because too many were. */
  public record Stats(int inflight, long shed) {}

  /** Where the metrics come from. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Told of every answer, on the request's thread.
     *
     * @param route the template, or "none"
     * @param method a well-known one, or "OTHER": labels must be few
     * @param status as answered; 499 when the client left before it could be
     * @param nanos from the request's parsed head to the answer's last byte
     */
    void answered(String route, String method, int status, long nanos);
  }

  final Options options;
  final Router router;
  final Observer observer;
  final Clock clock;
  final Semaphore places;
  final LongAdder shed = new LongAdder();
  volatile boolean draining;
  private final ExecutorService threads;
  private volatile @Nullable HttpServer server;

  public Listener(Options options, Router router, Observer observer, Clock clock) {
    this.options = options;
    this.router = router;
    this.observer = observer;
    this.clock = clock;
    this.places = new Semaphore(options.inflightMax());
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(options.name() + "-", 0).factory());
  }

  /** Returns when the port answers; throws with one sentence that names the fix. */
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

  /** Where it listens, as a client writes it: an IPv6 address stands in brackets. */
  public String url() {
    String host = options.host();
    return "http://" + (host.matches("[^\\[].*:.*") ? "[" + host + "]" : host) + ":" + port();
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
    drain();
    HttpServer running = server;
    try {
      if (running != null) {
        stop(running);
      }
      threads.shutdownNow();
      if (!threads.awaitTermination(INTERRUPTION_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("{}: {} requests ignored their interruption", options.name(), stats().inflight());
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** A snapshot. */
  public Stats stats() {
    return new Stats(options.inflightMax() - places.availablePermits(), shed.sum());
  }

  /**
   * The JDK takes an exchange whose client left for one that still runs, and would wait for it to
   * the bound. So it waits on a thread of its own, which is interrupted when our requests are done.
   */
  private void stop(HttpServer running) throws InterruptedException {
    int seconds = (int) options.drainTimeout().plusMillis(999).toSeconds();
    Thread stopper =
        Thread.ofPlatform().name(options.name() + "-stop").start(() -> running.stop(seconds));
    try {
      for (int quiet = 0; quiet <= QUIET_ROUNDS && !stopper.join(ROUND); quiet++) {
        if (stats().inflight() > 0) {
          quiet = 0;
        }
      }
    } finally {
      stopper.interrupt();
    }
    stopper.join();
  }

  /**
   * Fails as {@link #start} would when the port is not free, before anything slow has started.
   *
   * @throws IOException with one sentence that names the fix
   */
  public static void check(Options options) throws IOException {
    InetSocketAddress address = address(options);
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      var _ = probe.bind(address, BACKLOG);
    } catch (IOException e) {
      throw unbound(options, e);
    }
  }

  private HttpServer bind() throws IOException {
    InetSocketAddress address = address(options);
    try {
      return HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw unbound(options, e);
    }
  }

  private static InetSocketAddress address(Options options) throws IOException {
    InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
    if (address.isUnresolved()) {
      throw new BindException(
          "the host %s is not known: set %sHOST to another"
              .formatted(options.host(), options.settings()));
    }
    return address;
  }

  private static IOException unbound(Options options, IOException e) {
    String set = "set " + options.settings();
    String reason = String.valueOf(e.getMessage());
    String fix =
        reason.contains("in use")
            ? "is taken: stop what listens there or " + set + "PORT to another"
            : reason.contains("ermission")
                ? "is not for this user: " + set + "PORT to one above 1023"
                : "cannot be bound (" + reason + "): " + set + "HOST to one of this machine";
    IOException clear =
        new BindException("port " + options.port() + " on " + options.host() + " " + fix);
    clear.initCause(e);
    return clear;
  }

  /** The JDK's server takes its bounds from system properties, read when its classes load. */
  private static void tellTheJdk() {
    // Without it, Nagle's algorithm and delayed acknowledgements add 40 ms to larger answers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // Above its 200, idle connections would be closed while clients still use them.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "20000");
    System.setProperty("jdk.httpserver.maxConnections", "20000");
    // Longer than the 60 s for which load balancers usually keep a connection to us.
    System.setProperty("sun.net.httpserver.idleInterval", "75");
    // Seconds, whatever its documentation says: bounds for slow senders and slow readers.
    System.setProperty("sun.net.httpserver.maxReqTime", "30");
    System.setProperty("sun.net.httpserver.maxRspTime", "60");
    // Twice ours, which are answered; beyond these it closes without an answer.
    System.setProperty("sun.net.httpserver.maxReqHeaders", "" + 2 * Exchange.HEADERS_MAX);
    System.setProperty("sun.net.httpserver.maxReqHeaderSize", "131072");
    // Draining knows no deadline; Body does it instead.
    System.setProperty("sun.net.httpserver.drainAmount", "0");
  }
}
