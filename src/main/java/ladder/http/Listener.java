package ladder.http;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Accepts connections and has each request answered. */
public final class Listener implements AutoCloseable {
  /**
   * Where it listens and what it bears.
   *
   * @param name of its threads, such as "http"
   * @param settings prefix of the settings that name host and port, such as "LADDER_": for the
   *     sentence that says what to change
   * @param port 0 picks a free one
   * @param inflightMax requests handled at a time; those above are answered with 503
   * @param bodyBytesMax the largest body that is read
   * @param headerBytesMax the largest request target plus header names and values
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
      List<Cidr> trustedProxies) {}

  /**
   * What is going on.
   *
   * @param inflight requests being handled now
   * @param shed requests refused so far because too many were being handled
   */
  public record Stats(int inflight, long shed) {}

  private final Options options;

  public Listener(
      Options options, Router router, RequestObserver observer, LongSupplier nanoClock) {
    this.options = options;
  }

  /**
   * Binds and serves; returns when the port answers.
   *
   * @throws IOException with one sentence that names the fix
   */
  public void start() throws IOException {
    if (options.port() < 0) {
      throw new IOException("not yet");
    }
  }

  /** The port it listens on. */
  public int port() {
    return options.port();
  }

  /** Announces {@code Connection: close} on every answer from now on. */
  public void drain() {}

  /** Stops accepting, waits for what is being handled up to the bound, closes. Idempotent. */
  @Override
  public void close() {}

  public Stats stats() {
    return new Stats(0, 0);
  }
}
