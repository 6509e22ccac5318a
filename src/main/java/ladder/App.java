package ladder;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import ladder.admin.AdminRoutes;
import ladder.admin.DeadLetters;
import ladder.admin.Metrics;
import ladder.admin.Sources;
import ladder.api.ApiKeys;
import ladder.api.Effects;
import ladder.api.Health;
import ladder.api.Routes;
import ladder.cache.Cache;
import ladder.cache.CacheAside;
import ladder.cache.NoCache;
import ladder.channel.Channels;
import ladder.channel.Replay;
import ladder.cluster.RedisConnection;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.embedded.EmbeddedEnv;
import ladder.embedded.EmbeddedServers;
import ladder.embedded.Platform;
import ladder.http.Listener;
import ladder.http.Router;
import ladder.journal.Channel;
import ladder.journal.Journal;
import ladder.limit.Limiter;
import ladder.limit.NoLimit;
import ladder.limit.SlidingWindow;
import ladder.measure.Phase;
import ladder.measure.Timings;
import ladder.store.ApiKeyStore;
import ladder.store.EffectStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: the one place where the parts meet, from the ground up. What is built is
 * closed in reverse, also when building fails half-way. Nothing imports this class but {@link
 * Main}.
 */
public final class App implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(App.class);

  private static final int BODY_BYTES_MAX = 64 * 1024;

  /** Twice what browsers and proxies are known to send; keys, traces and cookies fit with ease. */
  private static final int HEADER_BYTES_MAX = 16 * 1024;

  /** Operators are few: a stampede on this listener is a mistake. */
  private static final int ADMIN_INFLIGHT_MAX = 64;

  private final Config config;
  private final InstantSource clock = InstantSource.system();
  private final LongSupplier nanoClock = System::nanoTime;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final CountDownLatch drainDelayed = new CountDownLatch(1);

  private final @Nullable EmbeddedServers servers;
  private final ApiKeys keys;
  private final Health health;
  private final Listener publicListener;
  private final Listener adminListener;
  private final @Nullable String devKey;

  /**
   * Builds everything and starts what serves the listeners, not yet the listeners themselves.
   *
   * @throws IOException with a sentence that names the fix when the journal can't be opened
   */
  public App(Config config) throws IOException {
    this.config = config;
    config
        .unknown()
        .forEach(name -> log.warn("{} is no setting: serve --help prints them all", name));
    try {
      DataDirectory data = opened(DataDirectory.open(config.dataDir()));
      this.servers = startServers(data.path());
      Metrics metrics = opened(new Metrics());

      Database database = database(metrics);
      @Nullable RedisConnection redis = redis(metrics);
      Cache cache = cache(redis);
      Limiter limiter = limiter(redis);

      EffectStore effectStore = new EffectStore(database);
      List<Channel> channels = channels(data.path(), effectStore);
      Replay replay = new Replay(channels, effectStore);
      @Nullable Journal journal = journal(data.path(), channels, effectStore);
      Effects effects =
          journal == null
              ? (tx, event) -> tx.afterCommit(() -> replay.deliverAll(event))
              : (tx, event) -> journal.append(event);

      this.keys =
          new ApiKeys(database, new ApiKeyStore(), config.tuning().keyBelieved(), nanoClock);
      this.health = new Health(database::ready);
      this.publicListener =
          new Listener(
              options("http", "LADDER_", config.http(), config.tuning().inflightMax()),
              new Router(
                  Routes.table(
                      new Routes.Parts(
                          database,
                          cache,
                          limiter,
                          config.rateLimit(),
                          keys,
                          effects,
                          health,
                          clock,
                          nanoClock))),
              metrics,
              nanoClock);
      Sources sources =
          new Sources(
              publicListener::stats,
              cache::stats,
              database::stats,
              limiter::stats,
              journal == null ? () -> new Journal.Stats(0, 0, Map.of()) : journal::stats,
              Channels.NAMES);
      metrics.observe(sources);
      this.adminListener =
          new Listener(
              options("admin", "LADDER_ADMIN_", config.admin(), ADMIN_INFLIGHT_MAX),
              new Router(
                  new AdminRoutes(
                          metrics,
                          sources,
                          keys,
                          new DeadLetters(effectStore, replay),
                          health,
                          config.adminToken())
                      .table()),
              (_, _, _, _) -> {},
              nanoClock);
      this.devKey = writeEmbeddedEnv(data.path());
    } catch (IOException | RuntimeException e) {
      closeParts();
      throw e;
    }
  }

  /**
   * Returns when both ports answer.
   *
   * @throws IOException with a sentence that names the fix when a port can't be had
   */
  public void start() throws IOException {
    try {
      opened(adminListener).start();
      opened(publicListener).start();
    } catch (IOException | RuntimeException e) {
      closeParts();
      throw e;
    }
    log.info("admin listening on http://{}:{}", config.admin().host(), adminListener.port());
    log.info("listening on http://{}:{}", config.http().host(), publicListener.port());
  }

  public int port() {
    return publicListener.port();
  }

  public int adminPort() {
    return adminListener.port();
  }

  /** The key named {@code dev} of an embedded database; null with a database of one's own. */
  public @Nullable String devKey() {
    return devKey;
  }

  private @Nullable EmbeddedServers startServers(Path dataDir) {
    boolean postgres = config.databaseUrl() == null;
    boolean redis = config.redisUrl() == null;
    if (!postgres && !redis) {
      return null;
    }
    Config.Machine m = config.machine();
    return opened(
        EmbeddedServers.start(
            dataDir,
            new Platform(m.osName(), m.osArch(), m.userName()),
            new EmbeddedServers.Wanted(postgres, postgres, redis)));
  }

  private Database database(Metrics metrics) {
    Config.Tuning t = config.tuning();
    DatabaseUrl url = DatabaseUrl.parse(url(config.databaseUrl(), EmbeddedServers::databaseUrl));
    Migrations.Outcome migrated = Migrations.migrate(url, t.poolWait());
    if (migrated.applied() > 0) {
      log.info("applied {} migrations, schema version {}", migrated.applied(), migrated.version());
    }
    Connections primary = connections("primary", url, Target.PRIMARY, t.poolSize(), metrics);
    String replicaUrl =
        config.databaseUrl() == null && servers != null
            ? servers.replicaUrl()
            : config.replicaUrl();
    Connections replica =
        replicaUrl == null || !config.has(Rung.REPLICA)
            ? null
            : connections(
                "replica",
                DatabaseUrl.parse(replicaUrl),
                Target.REPLICA,
                t.replicaPoolSize(),
                metrics);
    return opened(
        new Database(
            primary,
            replica,
            t.readAfterWrite(),
            new Database.Timer(
                nanos -> Timings.record(Phase.POOL, nanos),
                nanos -> Timings.record(Phase.DB, nanos)),
            nanoClock));
  }

  private Connections connections(
      String name, DatabaseUrl url, Target target, int size, Metrics metrics) {
    Connections.Options options =
        new Connections.Options(
            size, config.tuning().poolWait(), config.tuning().statementTimeout());
    return config.has(Rung.POOL)
        ? Connections.pooled(name, url, target, options, metrics.registry())
        : Connections.unpooled(url, target, options);
  }

  private @Nullable RedisConnection redis(Metrics metrics) {
    if (!config.has(Rung.CACHE) && !config.has(Rung.LIMIT)) {
      return null;
    }
    return opened(
        new RedisConnection(
            url(config.redisUrl(), EmbeddedServers::redisUrl),
            config.tuning().redisTimeout(),
            metrics.registry()));
  }

  private Cache cache(@Nullable RedisConnection redis) {
    return redis == null || !config.has(Rung.CACHE)
        ? new NoCache()
        : new CacheAside(
            redis::commands,
            config.tuning().redisTimeout(),
            config.cacheTimeToLive(),
            nanos -> Timings.record(Phase.CACHE, nanos),
            nanoClock);
  }

  private Limiter limiter(@Nullable RedisConnection redis) {
    return redis == null || !config.has(Rung.LIMIT)
        ? new NoLimit()
        : new SlidingWindow(
            redis::commands,
            config.tuning().redisTimeout(),
            nanos -> Timings.record(Phase.LIMIT, nanos),
            nanoClock);
  }

  private List<Channel> channels(Path dataDir, EffectStore effectStore) {
    List<Channel> channels =
        Channels.open(
            new Channels.Receivers(
                config.smtpUrl(),
                config.mailFrom(),
                config.slackWebhook(),
                dataDir.resolve("outbox")),
            effectStore);
    for (Channel channel : channels) {
      if (channel instanceof AutoCloseable closeable) {
        AutoCloseable _ = opened(closeable);
      }
    }
    return channels;
  }

  private @Nullable Journal journal(Path dataDir, List<Channel> channels, EffectStore ledger)
      throws IOException {
    if (!config.has(Rung.BACKGROUND)) {
      return null;
    }
    Config.Tuning t = config.tuning();
    return opened(
        new Journal(
            new Journal.Options(
                dataDir.resolve("journal"),
                t.journalSync(),
                Journal.Options.FREE_BYTES_MIN,
                t.retryAttemptsMax(),
                t.retryFor(),
                t.retryMin(),
                t.retryMax(),
                t.drainTimeout()),
            channels,
            ledger,
            clock,
            nanoClock,
            RandomGenerator.getDefault()));
  }

  private Listener.Options options(
      String name, String settings, Config.Endpoint endpoint, int inflightMax) {
    return new Listener.Options(
        name,
        settings,
        endpoint.host(),
        endpoint.port(),
        inflightMax,
        BODY_BYTES_MAX,
        HEADER_BYTES_MAX,
        config.tuning().bodyTimeout(),
        config.tuning().drainTimeout(),
        config.trustedProxies());
  }

  /** Lets psql, curl and a second node find the embedded servers; keeps the first key it made. */
  private @Nullable String writeEmbeddedEnv(Path dataDir) {
    if (servers == null) {
      return null;
    }
    String secret = null;
    if (servers.databaseUrl() != null) {
      secret =
          EmbeddedEnv.read(dataDir)
              .map(EmbeddedEnv::apiKey)
              .filter(key -> keys.find(key).isPresent())
              .orElseGet(() -> keys.create("dev", null).secret());
    }
    new EmbeddedEnv(servers.databaseUrl(), servers.replicaUrl(), servers.redisUrl(), secret)
        .write(dataDir);
    return secret;
  }

  private String url(
      @Nullable String configured, Function<EmbeddedServers, @Nullable String> embedded) {
    String url = configured != null || servers == null ? configured : embedded.apply(servers);
    if (url == null) {
      throw new IllegalStateException("a server was neither named nor started");
    }
    return url;
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /**
   * Stops in the order that loses nothing: not ready, no new connections, requests in flight, the
   * journal, and at last the servers. Idempotent; each step has its bound.
   */
  @Override
  public void close() {
    health.drain();
    publicListener.drain();
    try {
      boolean _ = drainDelayed.await(config.tuning().drainDelay().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeParts();
  }

  private synchronized void closeParts() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
      }
    }
  }
}
