package ladder;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import ladder.channel.SmtpUrl;
import ladder.cluster.RedisConnection;
import ladder.db.DatabaseUrl;
import ladder.http.Cidr;
import ladder.limit.Quota;
import org.jspecify.annotations.Nullable;

/**
 * Every setting; the only reader of the environment and of the system's properties. A new setting
 * is a line in {@link #TABLE}, a component here, and its bounds in {@link #from}.
 *
 * @param unknown variables that look like a setting and are none: typing errors, most likely
 */
public record Config(
    Endpoint http,
    Endpoint admin,
    @Nullable String adminToken,
    @Nullable String databaseUrl,
    @Nullable String replicaUrl,
    @Nullable String redisUrl,
    Path dataDir,
    @Nullable String smtpUrl,
    String mailFrom,
    @Nullable URI slackWebhook,
    Quota rateLimit,
    Duration cacheTimeToLive,
    Set<Rung> rungs,
    List<Cidr> trustedProxies,
    boolean logJson,
    Tuning tuning,
    Machine machine,
    List<String> unknown) {

  /** Where a listener listens; port 0 picks a free one. */
  public record Endpoint(String host, int port) {}

  /** What has a good default and seldom needs another. */
  public record Tuning(
      int poolSize,
      int replicaPoolSize,
      Duration poolWait,
      Duration statementTimeout,
      Duration readAfterWrite,
      Duration redisTimeout,
      int inflightMax,
      Duration bodyTimeout,
      Duration drainDelay,
      Duration drainTimeout,
      boolean journalSync,
      int retryAttemptsMax,
      Duration retryMin,
      Duration retryMax,
      Duration retryFor,
      Duration keyBelieved) {}

  /** What runs Ladder, as the JDK names it. */
  public record Machine(String osName, String osArch, String userName) {}

  /**
   * Name without LADDER_, default and meaning, in the order in which {@code serve --help} prints
   * them.
   */
  static final List<Setting> TABLE =
      Setting.table(
          """
          HOST              | 127.0.0.1 | address of the public listener
          PORT              | 8080      | its port; 0 picks a free one and prints it
          ADMIN_HOST        | 127.0.0.1 | address of the admin listener
          ADMIN_PORT        | 8081      | its port; 0 picks a free one and prints it
          ADMIN_TOKEN       | -         | bearer token of the admin listener, needed off loopback
          DATABASE_URL      | -         | postgres://user:pass@host:5432/db; else embedded
          REPLICA_URL       | -         | its replica, or several hosts; else the primary
          REDIS_URL         | -         | redis://, rediss:// or redis-sentinel://; else embedded
          DATA_DIR          | data      | journal, outbox and embedded servers
          SMTP_URL          | -         | smtp://user:pass@host:587?starttls=true; else files
          MAIL_FROM         | ladder@localhost | sender of the welcome email
          SLACK_WEBHOOK_URL | -         | incoming webhook; else files in the data directory
          RATE_LIMIT        | 100/60s   | requests in a window, for keys that set none of their own
          CACHE_TTL         | 300s      | how long a cached value lives
          RUNGS             | all       | those on, of cache,pool,replica,background,limit; or none
          TRUSTED_PROXIES   | none      | CIDRs, with commas, whose X-Forwarded-For is believed
          LOG_FORMAT        | text      | text or json
          POOL_SIZE         | 10        | connections kept ready to the primary
          REPLICA_POOL_SIZE | 10        | connections kept ready to the replica
          POOL_WAIT         | 1s        | longest wait for a connection, then 503
          STATEMENT_TIMEOUT | 5s        | how long one SQL statement may run
          READ_AFTER_WRITE  | 2s        | how long what was written is read from the primary
          REDIS_TIMEOUT     | 250ms     | longest wait for Redis, then a request does without
          INFLIGHT_MAX      | 4096      | requests served at once; more are answered 503
          BODY_TIMEOUT      | 10s       | how long a client may take to send a body, then 408
          DRAIN_DELAY       | 0s        | at shutdown, time to serve on while readiness says 503
          DRAIN_TIMEOUT     | 10s       | at shutdown, longest wait for requests, then journal
          JOURNAL_SYNC      | batch     | batch: on disk before the answer; none: lost with power
          RETRY_ATTEMPTS    | 25        | deliveries tried before an effect becomes a dead letter
          RETRY_MIN         | 1s        | wait before the second delivery; it doubles with each
          RETRY_MAX         | 1h        | longest wait between two deliveries
          RETRY_FOR         | 24h       | age below which an effect is never a dead letter
          KEY_CACHE         | 5s        | how long a revoked API key may still work
          """);

  /**
   * @throws BadSettingsException with all that is wrong
   */
  public static Config fromEnvironment() {
    return from(System.getenv());
  }

  /**
   * @throws BadSettingsException with all that is wrong
   */
  public static Config from(Map<String, String> variables) {
    Settings s = new Settings(variables, TABLE);
    Config config =
        new Config(
            new Endpoint(s.required("LADDER_HOST", t -> t), s.integer("LADDER_PORT", 0, 65_535)),
            new Endpoint(
                s.required("LADDER_ADMIN_HOST", t -> t), s.integer("LADDER_ADMIN_PORT", 0, 65_535)),
            s.optional("LADDER_ADMIN_TOKEN", t -> t),
            s.checked("LADDER_DATABASE_URL", DatabaseUrl::parse),
            s.checked("LADDER_REPLICA_URL", DatabaseUrl::parse),
            s.checked("LADDER_REDIS_URL", RedisConnection::uri),
            s.required("LADDER_DATA_DIR", Config::path),
            s.checked("LADDER_SMTP_URL", SmtpUrl::parse),
            s.required("LADDER_MAIL_FROM", Config::address),
            s.optional("LADDER_SLACK_WEBHOOK_URL", Config::httpUrl),
            s.required("LADDER_RATE_LIMIT", Quota::parse),
            s.duration("LADDER_CACHE_TTL", ofMillis(100), ofDays(7)),
            s.required("LADDER_RUNGS", Config::rungs),
            s.required("LADDER_TRUSTED_PROXIES", Config::proxies),
            s.choice("LADDER_LOG_FORMAT", "json", "text"),
            tuning(s),
            new Machine(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("user.name")),
            s.unknown());
    config.checkTogether(s);
    if (!s.problems().isEmpty()) {
      throw new BadSettingsException(s.problems());
    }
    return config;
  }

  private static Tuning tuning(Settings s) {
    return new Tuning(
        s.integer("LADDER_POOL_SIZE", 1, 1_000),
        s.integer("LADDER_REPLICA_POOL_SIZE", 1, 1_000),
        s.duration("LADDER_POOL_WAIT", ofMillis(250), ofSeconds(30)),
        s.duration("LADDER_STATEMENT_TIMEOUT", ofMillis(100), ofSeconds(60)),
        s.duration("LADDER_READ_AFTER_WRITE", Duration.ZERO, ofSeconds(60)),
        s.duration("LADDER_REDIS_TIMEOUT", ofMillis(5), ofSeconds(10)),
        s.integer("LADDER_INFLIGHT_MAX", 1, 100_000),
        s.duration("LADDER_BODY_TIMEOUT", ofMillis(100), ofSeconds(25)),
        s.duration("LADDER_DRAIN_DELAY", Duration.ZERO, ofMinutes(5)),
        s.duration("LADDER_DRAIN_TIMEOUT", ofMillis(100), ofMinutes(5)),
        s.choice("LADDER_JOURNAL_SYNC", "batch", "none"),
        s.integer("LADDER_RETRY_ATTEMPTS", 1, 1_000),
        s.duration("LADDER_RETRY_MIN", ofMillis(10), ofDays(1)),
        s.duration("LADDER_RETRY_MAX", ofMillis(10), ofDays(1)),
        s.duration("LADDER_RETRY_FOR", Duration.ZERO, ofDays(30)),
        s.duration("LADDER_KEY_CACHE", Duration.ZERO, ofSeconds(60)));
  }

  private void checkTogether(Settings s) {
    if (adminToken == null && !isLoopback(admin.host())) {
      s.problem("LADDER_ADMIN_TOKEN must be set when LADDER_ADMIN_HOST is not a loopback address");
    }
    if (http.port() != 0 && http.port() == admin.port() && http.host().equals(admin.host())) {
      s.problem("LADDER_ADMIN_PORT must differ from LADDER_PORT");
    }
    if (replicaUrl != null && databaseUrl == null) {
      s.problem("LADDER_REPLICA_URL must come with LADDER_DATABASE_URL, whose replica it is");
    }
    if (tuning.retryMin().compareTo(tuning.retryMax()) > 0) {
      s.problem("LADDER_RETRY_MIN must not exceed LADDER_RETRY_MAX");
    }
  }

  /** Nothing of the settings: tokens, passwords and webhooks are among them. */
  @Override
  public String toString() {
    return "Config";
  }

  public boolean has(Rung rung) {
    return rungs.contains(rung);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be a path: " + e.getMessage(), e);
    }
  }

  private static String address(String text) {
    if (!text.matches("[^\\s@<>]+@[^\\s@<>]+")) {
      throw new IllegalArgumentException("must be an address such as hello@example.com");
    }
    return text;
  }

  private static URI httpUrl(String text) {
    try {
      URI uri = new URI(text);
      if (text.matches("https?://[!-~]+") && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Its message would show the URL, which is a secret.
    }
    throw new IllegalArgumentException("must look like https://host/path");
  }

  private static Set<Rung> rungs(String text) {
    return switch (text) {
      case "all" -> EnumSet.allOf(Rung.class);
      case "none" -> EnumSet.noneOf(Rung.class);
      default -> {
        EnumSet<Rung> rungs = EnumSet.noneOf(Rung.class);
        for (String name : text.split(",", -1)) {
          rungs.add(rung(name.strip()));
        }
        yield rungs;
      }
    };
  }

  private static Rung rung(String name) {
    for (Rung rung : Rung.values()) {
      if (rung.name().toLowerCase(Locale.ROOT).equals(name)) {
        return rung;
      }
    }
    throw new IllegalArgumentException(
        "knows cache,pool,replica,background,limit, all and none, not '%s'".formatted(name));
  }

  private static List<Cidr> proxies(String text) {
    return text.equals("none")
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).map(Cidr::parse).toList();
  }
}
