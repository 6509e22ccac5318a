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
import ladder.channel.Channels;
import ladder.channel.SmtpUrl;
import ladder.db.Connections;
import ladder.db.DatabaseUrl;
import ladder.failure.StartupException;
import ladder.http.Cidr;
import ladder.http.Listener;
import ladder.journal.Journal;
import ladder.limit.Quota;
import ladder.redis.Redis;
import ladder.settings.Setting;
import ladder.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Every setting; the only reader of the environment and of the system's properties. A new setting
 * is a line in {@link #TABLE}, a component here or in the options of its part, and its bounds in
 * {@link #from}.
 *
 * @param unknown variables that look like a setting and are none: typing errors, most likely
 */
public record Config(
    Listener.Options http,
    Listener.Options admin,
    @Nullable String adminToken,
    @Nullable String databaseUrl,
    @Nullable String replicaUrl,
    @Nullable String redisUrl,
    Path dataDir,
    Channels.Receivers receivers,
    Quota rateLimit,
    Duration cacheTimeToLive,
    Set<Rung> rungs,
    boolean logJson,
    Connections.Options primaryPool,
    Connections.Options replicaPool,
    Duration readAfterWrite,
    Duration redisTimeout,
    Journal.Options journal,
    Duration keyCache,
    Duration drainDelay,
    Machine machine,
    List<String> unknown) {

  private static final int BODY_BYTES_MAX = 64 * 1024;

  /** Twice what browsers and proxies are known to send; keys, traces and cookies fit with ease. */
  private static final int HEADER_BYTES_MAX = 16 * 1024;

  /** Operators are few: many requests at once are a mistake of some client. */
  private static final int ADMIN_INFLIGHT_MAX = 64;

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
          RETRY_ATTEMPTS    | 25        | tries before what a receiver does not take is given up
          RETRY_MIN         | 1s        | wait before the second delivery; it doubles with each
          RETRY_MAX         | 1h        | longest wait between two deliveries
          RETRY_FOR         | 24h       | and its age before that; a refusal is final at once
          KEY_CACHE         | 5s        | how long a key is believed, even if it is revoked
          """);

  /**
   * @throws StartupException with all that is wrong
   */
  public static Config fromEnvironment() {
    return from(System.getenv());
  }

  /**
   * @throws StartupException with all that is wrong
   */
  public static Config from(Map<String, String> variables) {
    Settings s = new Settings(variables, TABLE);
    Path dataDir = s.required("LADDER_DATA_DIR", Config::path);
    Duration poolWait = s.duration("LADDER_POOL_WAIT", ofMillis(250), ofSeconds(30));
    Duration statementMax = s.duration("LADDER_STATEMENT_TIMEOUT", ofMillis(100), ofSeconds(60));
    Config config =
        new Config(
            listener(s, "http", "LADDER_", s.integer("LADDER_INFLIGHT_MAX", 1, 100_000)),
            listener(s, "admin", "LADDER_ADMIN_", ADMIN_INFLIGHT_MAX),
            s.optional("LADDER_ADMIN_TOKEN", t -> t),
            s.checked("LADDER_DATABASE_URL", DatabaseUrl::parse),
            s.checked("LADDER_REPLICA_URL", DatabaseUrl::parse),
            s.checked("LADDER_REDIS_URL", Redis::uri),
            dataDir,
            new Channels.Receivers(
                s.checked("LADDER_SMTP_URL", SmtpUrl::parse),
                s.required("LADDER_MAIL_FROM", Channels::sender),
                s.optional("LADDER_SLACK_WEBHOOK_URL", Config::httpUrl),
                dataDir.resolve("outbox")),
            s.required("LADDER_RATE_LIMIT", Quota::parse),
            s.duration("LADDER_CACHE_TTL", ofMillis(100), ofDays(7)),
            s.required("LADDER_RUNGS", Config::rungs),
            s.choice("LADDER_LOG_FORMAT", "json", "text"),
            new Connections.Options(
                s.integer("LADDER_POOL_SIZE", 1, 1_000), poolWait, statementMax),
            new Connections.Options(
                s.integer("LADDER_REPLICA_POOL_SIZE", 1, 1_000), poolWait, statementMax),
            s.duration("LADDER_READ_AFTER_WRITE", Duration.ZERO, ofSeconds(60)),
            Redis.Options.timeout(s),
            journal(s, dataDir.resolve("journal")),
            s.duration("LADDER_KEY_CACHE", Duration.ZERO, ofSeconds(60)),
            s.duration("LADDER_DRAIN_DELAY", Duration.ZERO, ofMinutes(5)),
            new Machine(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("user.name")),
            s.unknown());
    config.checkTogether(s);
    if (!s.problems().isEmpty()) {
      throw StartupException.of(s.problems());
    }
    return config;
  }

  private static Listener.Options listener(
      Settings s, String name, String prefix, int inflightMax) {
    return new Listener.Options(
        name,
        prefix,
        s.required(prefix + "HOST", t -> t),
        s.integer(prefix + "PORT", 0, 65_535),
        inflightMax,
        BODY_BYTES_MAX,
        HEADER_BYTES_MAX,
        s.duration("LADDER_BODY_TIMEOUT", ofMillis(100), ofSeconds(25)),
        s.duration("LADDER_DRAIN_TIMEOUT", ofMillis(100), ofMinutes(5)),
        s.required("LADDER_TRUSTED_PROXIES", Config::proxies));
  }

  private static Journal.Options journal(Settings s, Path dir) {
    return new Journal.Options(
        dir,
        s.choice("LADDER_JOURNAL_SYNC", "batch", "none"),
        Journal.Options.FREE_BYTES_MIN,
        s.integer("LADDER_RETRY_ATTEMPTS", 1, 1_000),
        s.duration("LADDER_RETRY_FOR", Duration.ZERO, ofDays(30)),
        s.duration("LADDER_RETRY_MIN", ofMillis(10), ofDays(1)),
        s.duration("LADDER_RETRY_MAX", ofMillis(10), ofDays(1)),
        s.duration("LADDER_DRAIN_TIMEOUT", ofMillis(100), ofMinutes(5)));
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
    if (journal.retryMin().compareTo(journal.retryMax()) > 0) {
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
