package ladder;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ladder.api.Users;
import ladder.cache.CacheAside;
import ladder.channel.Channels;
import ladder.db.Connections;
import ladder.db.DatabaseUrl;
import ladder.failure.StartupException;
import ladder.http.Listener;
import ladder.journal.Journal;
import ladder.limit.Quota;
import ladder.redis.Redis;
import ladder.settings.Setting;
import ladder.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Every setting; the only reader of the environment and of the system's properties. A new setting
 * is a line in {@link #TABLE} and a component in the options of its part, which parses it; or, when
 * it belongs to no part with options, a component here. No component has a neighbour of its own
 * type, so that the compiler finds two that change places.
 *
 * @param machine what the JDK says of the system, by the names of its properties
 * @param unknown variables that look like a setting and are none: typing errors, most likely
 */
public record Config(
    Listener.Options http,
    @Nullable String adminToken,
    Listener.Options admin,
    @Nullable String databaseUrl,
    Path dataDir,
    @Nullable String replicaUrl,
    Channels.Receivers receivers,
    @Nullable String redisUrl,
    Quota rateLimit,
    CacheAside.Options cache,
    Set<Rung> rungs,
    boolean logJson,
    Connections.Options primaryPool,
    Duration replicaLagMax,
    Connections.Options replicaPool,
    Duration redisTimeout,
    Journal.Options journal,
    Duration keyCache,
    Map<String, String> machine,
    Duration drainDelay,
    List<String> unknown) {

  /** A scrape or a page; a replay that takes longer is made again. */
  private static final Duration ADMIN_DRAIN_MAX = ofSeconds(2);

  /**
   * Name without LADDER_, default and meaning, in the order in which {@code serve --help} prints
   * them.
   */
  public static final List<Setting> TABLE =
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
          CACHE_STALE       | 10m       | and then serves on while no database answers
          RUNGS             | all       | those on, of cache,pool,replica,background,limit; or none
          TRUSTED_PROXIES   | none      | CIDRs, with commas, whose X-Forwarded-For is believed
          LOG_FORMAT        | text      | text or json
          POOL_SIZE         | 10        | connections kept ready to the primary
          REPLICA_POOL_SIZE | 10        | connections kept ready to the replica
          POOL_WAIT         | 1s        | longest wait for a connection, then 503
          STATEMENT_TIMEOUT | 5s        | how long one SQL statement may run
          REPLICA_LAG_MAX   | 10s       | a replica that is further behind serves no reads
          REDIS_TIMEOUT     | 250ms     | longest wait for Redis, then a request does without
          INFLIGHT_MAX      | 4096      | requests served at once; more are answered 503
          HTTP_ENGINE       | ladder    | ladder, or jdk for com.sun.net.httpserver
          BODY_TIMEOUT      | 10s       | how long a client may take to send a body, then 408
          DRAIN_DELAY       | 0s        | at shutdown, time to serve on while readiness says 503
          DRAIN_TIMEOUT     | 10s       | at shutdown, longest wait for requests and for journal
          JOURNAL_SYNC      | batch     | batch: on disk before the answer; none: lost with power
          CHANNEL_CONCURRENCY | 8       | deliveries that a channel has under way at most
          RETRY_ATTEMPTS    | 25        | tries before what a receiver does not take is given up
          RETRY_MIN         | 1s        | wait before the second delivery; it doubles with each
          RETRY_MAX         | 1h        | longest wait between two deliveries
          RETRY_FOR         | 24h       | and how old for that; a refusal is final at once
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
    Path dataDir = s.path("LADDER_DATA_DIR");
    int inflightMax = s.integer("LADDER_INFLIGHT_MAX", 1, 100_000);
    Duration drain = s.duration("LADDER_DRAIN_TIMEOUT", ofMillis(100), ofMinutes(5));
    Config config =
        new Config(
            Listener.Options.from(s, "http", inflightMax, "LADDER_", drain),
            s.optional("LADDER_ADMIN_TOKEN", token -> token),
            Listener.Options.from(s, "admin", inflightMax, "LADDER_ADMIN_", ADMIN_DRAIN_MAX),
            s.checked("LADDER_DATABASE_URL", DatabaseUrl::parse),
            dataDir,
            s.checked("LADDER_REPLICA_URL", DatabaseUrl::parse),
            Channels.Receivers.from(s, dataDir.resolve("outbox")),
            s.checked("LADDER_REDIS_URL", Redis::uri),
            s.required("LADDER_RATE_LIMIT", Quota::parse),
            new CacheAside.Options(
                s.duration("LADDER_CACHE_TTL", ofMillis(100), ofDays(7)),
                Users.SCHEMA,
                s.duration("LADDER_CACHE_STALE", ZERO, ofDays(7)),
                true),
            s.required("LADDER_RUNGS", Rung::set),
            s.choice("LADDER_LOG_FORMAT", "json", "text"),
            Connections.Options.from(s, "LADDER_POOL_SIZE"),
            s.duration("LADDER_REPLICA_LAG_MAX", ofMillis(100), ofHours(1)),
            Connections.Options.from(s, "LADDER_REPLICA_POOL_SIZE"),
            Redis.Options.timeout(s),
            Journal.Options.from(s, dataDir.resolve("journal"), drain),
            s.duration("LADDER_KEY_CACHE", ZERO, ofSeconds(60)),
            Stream.of("os.name", "os.arch", "user.name")
                .collect(Collectors.toMap(name -> name, System::getProperty)),
            s.duration("LADDER_DRAIN_DELAY", ZERO, ofMinutes(5)),
            s.unknown());
    config.checkTogether(s);
    if (!s.problems().isEmpty()) {
      throw StartupException.of(s.problems());
    }
    return config;
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
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  public boolean has(Rung rung) {
    return rungs.contains(rung);
  }

  /** Nothing of the settings: tokens, passwords and webhooks are among them. */
  @Override
  public String toString() {
    return "Config";
  }
}
