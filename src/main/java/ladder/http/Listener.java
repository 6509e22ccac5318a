package ladder.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import ladder.measure.Answered;
import ladder.settings.Settings;
import ladder.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on one port and has each request served by an {@link Exchange} on a virtual thread.
 * Thread-safe.
 */
public final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** No request for so long while closing: the engine waits only for connections that are dead. */
  private static final Duration QUIET = Duration.ofMillis(200);

  private static final Duration POLL = Duration.ofMillis(20);

  /** How long handlers may take to notice their interruption at the very end. */
  private static final Duration INTERRUPTION_MAX = Duration.ofSeconds(1);

  /**
   * Where it listens, and its bounds.
   *
   * @param name of its threads, such as "http"
   * @param port 0 picks a free one
   * @param settings prefix of those that name host and port, for the sentence that names the remedy
   * @param inflightMax requests handled at a time; see {@link Admission}
   * @param bodyTimeout how long a client may take to send a body, below 30 s
   * @param trustedProxies whose {@code X-Forwarded-For} is believed
   * @param drainTimeout how long {@link #close} waits for requests that are being handled
   * @param ownEngine whether connections are ours ({@link SocketEngine}) or the JDK's
   */
  public record Options(
      String name,
      int port,
      String host,
      int inflightMax,
      String settings,
      Duration bodyTimeout,
      List<Cidr> trustedProxies,
      Duration drainTimeout,
      boolean ownEngine) {
    /** Host and port are those of the settings that begin with the prefix. */
    public static Options from(
        Settings s, String name, int inflightMax, String prefix, Duration drainTimeout) {
      return new Options(
          name,
          s.integer(prefix + "PORT", 0, 65_535),
          s.required(prefix + "HOST", host -> host),
          inflightMax,
          prefix,
          s.duration("LADDER_BODY_TIMEOUT", Duration.ofMillis(100), Duration.ofSeconds(25)),
          s.required("LADDER_TRUSTED_PROXIES", Cidr::list),
          drainTimeout,
          s.choice("LADDER_HTTP_ENGINE", "ladder", "jdk"));
    }

    InetSocketAddress address() {
      return new InetSocketAddress(host, port);
    }
  }

  /** Requests being read, handled or answered now, and refused so far because of too many. */
  public record Stats(int inflight, long shed) {}

  /** Where the metrics come from. */
  @FunctionalInterface
  public interface Observer {
    /** Called once for every request, on its thread. */
    void answered(Answered answered);
  }

  final Options options;
  final Router router;
  final Observer observer;
  final Clock clock;
  final Admission admission;
  final AtomicInteger inflight = new AtomicInteger();
  volatile boolean draining;
  final ExecutorService threads;
  private volatile @Nullable Engine engine;

  public Listener(Options options, Router router, Observer observer, Clock clock) {
    this.options = options;
    this.router = router;
    this.observer = observer;
    this.clock = clock;
    this.admission = new Admission(options.inflightMax());
    this.threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(options.name() + "-", 0).factory());
  }

  /** Returns when the port answers; fails as {@link #check} does. */
  public void start() throws IOException {
    check(options);
    engine = Engine.start(this);
  }

  /** The port it listens on; the configured one before it does. */
  public int port() {
    Engine running = engine;
    return running == null ? options.port() : running.port();
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
    Engine running = engine;
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
    return new Stats(inflight.get(), admission.refused());
  }

  /**
   * The JDK takes an exchange whose client left for one that still runs, and would wait for it to
   * the bound. So it waits on a thread of its own, which is interrupted when our requests are done.
   */
  private void stop(Engine running) throws InterruptedException {
    Thread stopper =
        Thread.ofPlatform()
            .name(options.name() + "-stop")
            .start(() -> running.stop(options.drainTimeout()));
    try {
      long busyNanos = clock.nanos();
      while (!stopper.join(POLL) && clock.nanos() - busyNanos < QUIET.toNanos()) {
        if (inflight.get() > 0) {
          busyNanos = clock.nanos();
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
   * @throws IOException with one sentence that names the remedy
   */
  public static void check(Options options) throws IOException {
    InetSocketAddress address = options.address();
    String set = "set " + options.settings();
    if (address.isUnresolved()) {
      throw new IOException(
          "the host %s is not known: %sHOST to another".formatted(options.host(), set));
    }
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      var _ = probe.bind(address);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      String remedy =
          reason.contains("in use")
              ? "is taken: stop what listens there or " + set + "PORT to another"
              : reason.contains("ermission")
                  ? "is not for this user: " + set + "PORT to one above 1023"
                  : "cannot be bound (" + reason + "): " + set + "HOST to one of this machine";
      throw new IOException("port " + options.port() + " on " + options.host() + " " + remedy, e);
    }
  }
}
