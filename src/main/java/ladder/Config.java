package ladder;

import static ladder.Settings.checked;
import static ladder.Settings.duration;
import static ladder.Settings.integer;
import static ladder.Settings.text;

import java.net.InetAddress;
import java.net.URI;
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
 * Every setting, with its default, bounds and meaning; the only reader of the environment and of
 * the system's properties. A new setting is a constant in {@link #ALL}'s list and a component here.
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
    Machine machine) {

  /** Where a listener listens; port 0 picks a free one. */
  public record Endpoint(String host, int port) {}

  /** What runs Ladder, as the JDK names it. */
  public record Machine(String osName, String osArch, String userName) {}

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
      int keyCacheSeconds) {}

  private static final Setting<String> HOST =
      text("LADDER_HOST", "127.0.0.1", "address of the public listener");
  private static final Setting<Integer> PORT =
      integer("LADDER_PORT", 8080, 0, 65_535, "its port; 0 picks a free one and prints it");
  private static final Setting<String> ADMIN_HOST =
      text("LADDER_ADMIN_HOST", "127.0.0.1", "address of the admin listener");
  private static final Setting<Integer> ADMIN_PORT =
      integer("LADDER_ADMIN_PORT", 8081, 0, 65_535, "its port; 0 picks a free one and prints it");
  private static final Setting<String> ADMIN_TOKEN =
      text(
          "LADDER_ADMIN_TOKEN",
          null,
          "bearer token of the admin listener; needed when that is not on loopback");
  private static final Setting<String> DATABASE_URL =
      checked(
          "LADDER_DATABASE_URL",
          null,
          "postgres://user:pass@host:5432/db, the primary; embedded when not set",
          DatabaseUrl::parse);
  private static final Setting<String> REPLICA_URL =
      checked(
          "LADDER_REPLICA_URL",
          null,
          "read replica, or several hosts separated by commas; the primary when not set",
          DatabaseUrl::parse);
  private static final Setting<String> REDIS_URL =
      checked(
          "LADDER_REDIS_URL",
          null,
          "redis://, rediss:// or redis-sentinel://; embedded when not set",
          RedisConnection::uri);
  private static final Setting<Path> DATA_DIR =
      new Setting<>(
          "LADDER_DATA_DIR", "data", "journal, outbox and embedded servers", Config::path);
  private static final Setting<String> SMTP_URL =
      checked(
          "LADDER_SMTP_URL",
          null,
          "smtp://user:pass@host:587?starttls=true or smtps://…; files in DATA/outbox/email when"
              + " not set",
          SmtpUrl::parse);
  private static final Setting<String> MAIL_FROM =
      checked(
          "LADDER_MAIL_FROM", "ladder@localhost", "sender of the welcome email", Config::address);
  private static final Setting<URI> SLACK_WEBHOOK =
      new Setting<>(
          "LADDER_SLACK_WEBHOOK_URL",
          null,
          "incoming webhook; files in DATA/outbox/slack when not set",
          Config::httpUrl);
  private static final Setting<Quota> RATE_LIMIT =
      new Setting<>(
          "LADDER_RATE_LIMIT",
          "100/60s",
          "requests in a window, for keys that set none of their own",
          Quota::parse);
  private static final Setting<Duration> CACHE_TTL =
      duration(
          "LADDER_CACHE_TTL",
          "300s",
          Duration.ofMillis(100),
          Duration.ofDays(7),
          "how long a cached value lives");
  private static final Setting<Set<Rung>> RUNGS =
      new Setting<>(
          "LADDER_RUNGS",
          "all",
          "which rungs are on, of cache,pool,replica,background,limit; or all, or none",
          Config::rungs);
  private static final Setting<List<Cidr>> TRUSTED_PROXIES =
      new Setting<>(
          "LADDER_TRUSTED_PROXIES",
          "none",
          "CIDRs, separated by commas, whose X-Forwarded-For is believed",
          Config::proxies);
  private static final Setting<Boolean> LOG_FORMAT =
      choice("LADDER_LOG_FORMAT", "text", "json", "json", "text or json, on standard output");
  private static final Setting<Integer> POOL_SIZE =
      integer("LADDER_POOL_SIZE", 10, 1, 1_000, "connections kept ready to the primary");
  private static final Setting<Integer> REPLICA_POOL_SIZE =
      integer("LADDER_REPLICA_POOL_SIZE", 10, 1, 1_000, "connections kept ready to the replica");
  private static final Setting<Duration> POOL_WAIT =
      duration(
          "LADDER_POOL_WAIT",
          "1s",
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          "how long a request waits for a connection before it is answered 503");
  private static final Setting<Duration> STATEMENT_TIMEOUT =
      duration(
          "LADDER_STATEMENT_TIMEOUT",
          "5s",
          Duration.ofMillis(100),
          Duration.ofSeconds(60),
          "how long one SQL statement may run");
  private static final Setting<Duration> READ_AFTER_WRITE =
      duration(
          "LADDER_READ_AFTER_WRITE",
          "2s",
          Duration.ZERO,
          Duration.ofSeconds(60),
          "how long what was written is read from the primary");
  private static final Setting<Duration> REDIS_TIMEOUT =
      duration(
          "LADDER_REDIS_TIMEOUT",
          "250ms",
          Duration.ofMillis(5),
          Duration.ofSeconds(10),
          "how long Redis may take to answer before a request goes on without it");
  private static final Setting<Integer> INFLIGHT_MAX =
      integer(
          "LADDER_INFLIGHT_MAX",
          4_096,
          1,
          100_000,
          "requests served at once; more are answered 503");
  private static final Setting<Duration> BODY_TIMEOUT =
      duration(
          "LADDER_BODY_TIMEOUT",
          "10s",
          Duration.ofMillis(100),
          Duration.ofSeconds(25),
          "how long a client may take to send a body before it is answered 408");
  private static final Setting<Duration> DRAIN_DELAY =
      duration(
          "LADDER_DRAIN_DELAY",
          "0s",
          Duration.ZERO,
          Duration.ofMinutes(5),
          "at shutdown, how long to serve on while /health/ready already says 503");
  private static final Setting<Duration> DRAIN_TIMEOUT =
      duration(
          "LADDER_DRAIN_TIMEOUT",
          "10s",
          Duration.ofMillis(100),
          Duration.ofMinutes(5),
          "at shutdown, how long to wait for requests, and then for the journal");
  private static final Setting<Boolean> JOURNAL_SYNC =
      choice(
          "LADDER_JOURNAL_SYNC",
          "batch",
          "none",
          "batch",
          "batch: on disk before a sign-up is answered; none: survives kill -9, not power loss");
  private static final Setting<Integer> RETRY_ATTEMPTS =
      integer(
          "LADDER_RETRY_ATTEMPTS",
          25,
          1,
          1_000,
          "deliveries tried before an effect becomes a dead letter");
  private static final Setting<Duration> RETRY_MIN =
      duration(
          "LADDER_RETRY_MIN",
          "1s",
          Duration.ofMillis(10),
          Duration.ofHours(1),
          "wait before the second delivery; it doubles with each");
  private static final Setting<Duration> RETRY_MAX =
      duration(
          "LADDER_RETRY_MAX",
          "1h",
          Duration.ofMillis(10),
          Duration.ofHours(24),
          "longest wait between two deliveries");
  private static final Setting<Duration> RETRY_FOR =
      duration(
          "LADDER_RETRY_FOR",
          "24h",
          Duration.ZERO,
          Duration.ofDays(30),
          "an effect becomes a dead letter only when it is also older than this");
  private static final Setting<Integer> KEY_CACHE =
      integer(
          "LADDER_KEY_CACHE_SECONDS",
          5,
          0,
          60,
          "how long a looked-up API key is believed, so how long a revoked one may still work");

  /** In the order in which {@code serve --help} prints them. */
  static final List<Setting<?>> ALL =
      List.of(
          HOST,
          PORT,
          ADMIN_HOST,
          ADMIN_PORT,
          ADMIN_TOKEN,
          DATABASE_URL,
          REPLICA_URL,
          REDIS_URL,
          DATA_DIR,
          SMTP_URL,
          MAIL_FROM,
          SLACK_WEBHOOK,
          RATE_LIMIT,
          CACHE_TTL,
          RUNGS,
          TRUSTED_PROXIES,
          LOG_FORMAT,
          POOL_SIZE,
          REPLICA_POOL_SIZE,
          POOL_WAIT,
          STATEMENT_TIMEOUT,
          READ_AFTER_WRITE,
          REDIS_TIMEOUT,
          INFLIGHT_MAX,
          BODY_TIMEOUT,
          DRAIN_DELAY,
          DRAIN_TIMEOUT,
          JOURNAL_SYNC,
          RETRY_ATTEMPTS,
          RETRY_MIN,
          RETRY_MAX,
          RETRY_FOR,
          KEY_CACHE);

  /**
   * @throws BadSettingsException with all that is wrong
   */
  public static Config fromEnvironment() {
    return from(System.getenv());
  }

  static Config from(Map<String, String> variables) {
    Settings s = new Settings(variables);
    Config config =
        new Config(
            new Endpoint(s.required(HOST), s.required(PORT)),
            new Endpoint(s.required(ADMIN_HOST), s.required(ADMIN_PORT)),
            s.optional(ADMIN_TOKEN),
            s.optional(DATABASE_URL),
            s.optional(REPLICA_URL),
            s.optional(REDIS_URL),
            s.required(DATA_DIR),
            s.optional(SMTP_URL),
            s.required(MAIL_FROM),
            s.optional(SLACK_WEBHOOK),
            s.required(RATE_LIMIT),
            s.required(CACHE_TTL),
            s.required(RUNGS),
            s.required(TRUSTED_PROXIES),
            s.required(LOG_FORMAT),
            tuning(s),
            thisMachine());
    config.checkTogether(s);
    if (!s.problems().isEmpty()) {
      throw new BadSettingsException(s.problems());
    }
    return config;
  }

  private static Tuning tuning(Settings s) {
    return new Tuning(
        s.required(POOL_SIZE),
        s.required(REPLICA_POOL_SIZE),
        s.required(POOL_WAIT),
        s.required(STATEMENT_TIMEOUT),
        s.required(READ_AFTER_WRITE),
        s.required(REDIS_TIMEOUT),
        s.required(INFLIGHT_MAX),
        s.required(BODY_TIMEOUT),
        s.required(DRAIN_DELAY),
        s.required(DRAIN_TIMEOUT),
        s.required(JOURNAL_SYNC),
        s.required(RETRY_ATTEMPTS),
        s.required(RETRY_MIN),
        s.required(RETRY_MAX),
        s.required(RETRY_FOR),
        s.required(KEY_CACHE));
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

  public boolean has(Rung rung) {
    return rungs.contains(rung);
  }

  private static Machine thisMachine() {
    return new Machine(
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("user.name"));
  }

  /** One of two words; the first is the default. True for {@code yes}. */
  private static Setting<Boolean> choice(
      String name, String fallback, String other, String yes, String meaning) {
    return new Setting<>(
        name,
        fallback,
        meaning,
        text -> {
          if (!text.equals(fallback) && !text.equals(other)) {
            throw new IllegalArgumentException(
                "must be '%s' or '%s', not '%s'".formatted(fallback, other, text));
          }
          return text.equals(yes);
        });
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
    URI uri = URI.create(text);
    if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
      throw new IllegalArgumentException("must look like https://host/path");
    }
    return uri;
  }

  private static Set<Rung> rungs(String text) {
    return switch (text) {
      case "all" -> EnumSet.allOf(Rung.class);
      case "none" -> EnumSet.noneOf(Rung.class);
      default -> {
        EnumSet<Rung> rungs = EnumSet.noneOf(Rung.class);
        for (String name : text.split(",", -1)) {
          rungs.add(
              Arrays.stream(Rung.values())
                  .filter(r -> r.name().toLowerCase(Locale.ROOT).equals(name.strip()))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "knows cache,pool,replica,background,limit, all and none, not '%s'"
                                  .formatted(name))));
        }
        yield rungs;
      }
    };
  }

  private static List<Cidr> proxies(String text) {
    return text.equals("none")
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).map(Cidr::parse).toList();
  }
}
