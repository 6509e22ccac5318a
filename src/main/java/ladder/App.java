package ladder;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import ladder.admin.AdminRoutes;
import ladder.admin.DeadLetters;
import ladder.admin.Metrics;
import ladder.admin.Sources;
import ladder.api.Effects;
import ladder.api.Health;
import ladder.api.Routes;
import ladder.cache.Cache;
import ladder.cache.CacheAside;
import ladder.cache.NoCache;
import ladder.channel.Channels;
import ladder.channel.DirectDelivery;
import ladder.cluster.RedisConnection;
import ladder.db.Connections;
import ladder.db.Connections.Target;
import ladder.db.Database;
import ladder.db.DatabaseUrl;
import ladder.db.Migrations;
import ladder.embedded.Backends;
import ladder.files.DataDirectory;
import ladder.http.Listener;
import ladder.http.Route;
import ladder.http.Router;
import ladder.journal.Channel;
import ladder.journal.Journal;
import ladder.keys.ApiKeyStore;
import ladder.keys.ApiKeys;
import ladder.limit.Limiter;
import ladder.limit.NoLimit;
import ladder.limit.SlidingWindow;
import ladder.store.EffectStore;
import ladder.time.Clock;
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

  private final Config config;
  private final Clock clock = Clock.system();
  private final Parts parts = new Parts();

  private final Health health;
  private final Listener publicListener;
  private final Listener adminListener;
  private final Optional<String> firstKey;

  /**
   * Builds everything and starts what serves the listeners, not yet the listeners themselves.
   *
   * @throws Exception with a sentence that names the fix when a part can't be had
   */
  public App(Config config) throws Exception {
    this.config = config;
    config
        .unknown()
        .forEach(name -> log.warn("{} is no setting: serve --help prints them all", name));
    try {
      DataDirectory data = parts.opened(DataDirectory.open(config.dataDir()));
      Backends backends = parts.opened(Backends.start(config, data));
      Metrics metrics = parts.opened(new Metrics());

      // Beside database and journal, because its client takes as long to load as both.
      var redisOpening = parts.opening("redis", () -> redis(backends, metrics));
      Database database = database(backends, metrics);
      EffectStore effectStore = new EffectStore(database);
      List<Channel> channels = channels(effectStore);
      DirectDelivery direct = new DirectDelivery(channels, effectStore);
      @Nullable Journal journal = journal(channels, effectStore);
      Effects effects =
          journal == null
              ? (tx, event) -> tx.afterCommit(() -> direct.deliverAll(event))
              : (tx, event) -> journal.append(event);

      RedisConnection redis = Parts.await(redisOpening);
      Cache cache = cache(redis);
      Limiter limiter = limiter(redis);

      ApiKeys keys = new ApiKeys(database, new ApiKeyStore(), config.keyCache(), clock);
      this.health = new Health(database::ready);
      Routes.Services services =
          new Routes.Services(
              database, cache, limiter, config.rateLimit(), keys, effects, health, clock);
      List<Route> routes = Routes.table(services);
      metrics.expect(routes);
      this.publicListener = new Listener(config.http(), new Router(routes), metrics, clock);

      Sources sources =
          new Sources(
              publicListener::stats,
              cache::stats,
              database::stats,
              limiter::stats,
              journal == null ? () -> Journal.Stats.NONE : journal::stats,
              Channels.NAMES);
      metrics.observe(sources);
      DeadLetters deadLetters = new DeadLetters(effectStore, direct);
      AdminRoutes admin =
          new AdminRoutes(metrics, sources, keys, deadLetters, health, config.adminToken());
      this.adminListener =
          new Listener(config.admin(), new Router(admin.table()), (_, _, _, _, _) -> {}, clock);

      this.firstKey =
          backends.publish(
              key -> keys.find(key).isPresent(), () -> keys.create("dev", null).secret());
    } catch (Exception e) {
      parts.close();
      throw e;
    }
  }

  /**
   * Returns when both ports answer.
   *
   * @throws IOException with a sentence that names the fix when a port can't be had
   */
  public void start() throws IOException {
    parts.opened(adminListener).start();
    parts.opened(publicListener).start();
    log.info("admin listening on {}", adminListener.url());
    log.info("listening on {}", publicListener.url());
    firstKey.ifPresent(this::logFirstRequest);
  }

  private void logFirstRequest(String key) {
    log.info(
        """
        ready to paste:
        curl -i {}/signup -H 'Authorization: Bearer {}' \
        -H 'Content-Type: application/json' -d '{"email":"ada@example.com","name":"Ada"}'\
        """,
        publicListener.url(),
        key);
  }

  public int port() {
    return publicListener.port();
  }

  public int adminPort() {
    return adminListener.port();
  }

  private Database database(Backends backends, Metrics metrics) {
    DatabaseUrl url = DatabaseUrl.parse(backends.databaseUrl());
    Migrations.Outcome migrated = Migrations.migrate(url, config.primaryPool().waitMax());
    if (migrated.applied() > 0) {
      log.info("applied {} migrations, schema version {}", migrated.applied(), migrated.version());
    }
    Connections primary =
        connections("primary", url, Target.PRIMARY, config.primaryPool(), metrics);
    String replicaUrl = backends.replicaUrl();
    Connections replica =
        replicaUrl == null || !config.has(Rung.REPLICA)
            ? null
            : connections(
                "replica",
                DatabaseUrl.parse(replicaUrl),
                Target.REPLICA,
                config.replicaPool(),
                metrics);
    return parts.opened(new Database(primary, replica, config.readAfterWrite(), clock));
  }

  private Connections connections(
      String name, DatabaseUrl url, Target target, Connections.Options options, Metrics metrics) {
    return config.has(Rung.POOL)
        ? Connections.pooled(name, url, target, options, metrics.registry())
        : Connections.unpooled(url, target, options);
  }

  private RedisConnection redis(Backends backends, Metrics metrics) {
    return new RedisConnection(backends.redisUrl(), config.redisTimeout(), metrics.registry());
  }

  private Cache cache(RedisConnection redis) {
    return config.has(Rung.CACHE)
        ? new CacheAside(redis::commands, config.redisTimeout(), config.cacheTimeToLive())
        : new NoCache();
  }

  private Limiter limiter(RedisConnection redis) {
    return config.has(Rung.LIMIT)
        ? new SlidingWindow(redis::commands, config.redisTimeout(), clock)
        : new NoLimit();
  }

  private List<Channel> channels(EffectStore effectStore) {
    List<Channel> channels = Channels.open(config.receivers(), effectStore);
    channels.forEach(parts::opened);
    return channels;
  }

  private @Nullable Journal journal(List<Channel> channels, EffectStore ledger) throws IOException {
    return config.has(Rung.BACKGROUND)
        ? parts.opened(
            new Journal(config.journal(), channels, ledger, clock, RandomGenerator.getDefault()))
        : null;
  }

  /**
   * Stops in the order that loses nothing. First the node only says that it is about to: not ready,
   * and {@code Connection: close} on every answer. After the drain delay all parts close, the last
   * one opened first: public listener (no new connections; requests in flight are finished), admin
   * listener, journal (drained), channels, databases, Redis, metrics, embedded servers, data
   * directory. Idempotent; each step has its bound.
   */
  @Override
  public void close() {
    health.drain();
    publicListener.drain();
    try {
      Thread.sleep(config.drainDelay());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.close();
  }
}
