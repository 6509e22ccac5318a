package ladder;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import ladder.admin.Access;
import ladder.admin.AdminRoutes;
import ladder.admin.Dashboard;
import ladder.admin.DeadLetters;
import ladder.admin.Feed;
import ladder.admin.Machine;
import ladder.admin.Metrics;
import ladder.admin.SampledCache;
import ladder.admin.Statistics;
import ladder.admin.TimesToLive;
import ladder.admin.Verdicts;
import ladder.admin.Watch;
import ladder.api.Effects;
import ladder.api.Gate;
import ladder.api.Health;
import ladder.api.Idempotency;
import ladder.api.Orders;
import ladder.api.Routes;
import ladder.api.Signup;
import ladder.api.Users;
import ladder.cache.Cache;
import ladder.cache.CacheAside;
import ladder.cache.NoCache;
import ladder.channel.Channels;
import ladder.channel.DirectDelivery;
import ladder.db.Database;
import ladder.embedded.Backends;
import ladder.files.DataDirectory;
import ladder.http.Listener;
import ladder.http.Route;
import ladder.http.Router;
import ladder.journal.Channel;
import ladder.journal.Journal;
import ladder.keys.ApiKeys;
import ladder.limit.Limiter;
import ladder.limit.NoLimit;
import ladder.limit.SlidingWindow;
import ladder.measure.Judge;
import ladder.redis.Redis;
import ladder.store.EffectStore;
import ladder.store.IdempotencyStore;
import ladder.store.Retention;
import ladder.time.Clock;
import ladder.time.PeriodicTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: the one place where the parts meet, from the ground up. What is built is
 * closed again, also when building fails half-way. Nothing imports this class but {@code tools}.
 */
public final class App implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(App.class);

  /** What a part may need beyond its own wait: to interrupt what is left and to close files. */
  private static final Duration MARGIN = Duration.ofSeconds(2);

  /** For what waits for nobody. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  /**
   * How the node stops without losing anything, step by step, and how long each step may take; what
   * takes longer is left behind. {@link Parts} goes through them from the first to the last.
   */
  @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
  enum Step {
    /** Not ready, and {@code Connection: close} on every answer, while all is served on. */
    ANNOUNCEMENT(config -> config.drainDelay().plus(MOMENT)),
    /** No new connections; requests being handled are finished. */
    PUBLIC_LISTENER(config -> config.http().drainTimeout().plus(MARGIN)),
    ADMIN_LISTENER(config -> config.admin().drainTimeout().plus(MARGIN)),
    /** The sampling behind the verdict. */
    WATCH(_ -> MOMENT),
    /** Drained, between a wait for the disk and one for deliveries under way. */
    JOURNAL(config -> config.journal().drainTimeout().plus(MARGIN).plus(MARGIN)),
    /** A mail server that does not answer the farewell is left alone. */
    CHANNELS(_ -> MOMENT),
    RETENTION(_ -> MARGIN),
    /** Both pools, and the probes of both servers. */
    DATABASE(_ -> MARGIN.plus(MARGIN)),
    /** Lettuce waits for its own threads, twice. */
    REDIS(_ -> Redis.CLOSE_MAX.plus(Redis.CLOSE_MAX).plus(MOMENT)),
    METRICS(_ -> MOMENT),
    /** A checkpoint for each PostgreSQL; one that is left behind ends at the next start. */
    EMBEDDED_SERVERS(_ -> Duration.ofSeconds(30)),
    DATA_DIRECTORY(_ -> MOMENT),
    /** Not a part of ours: {@link Main} writes its queue, since all before it may log. */
    LOG(_ -> MARGIN.plus(MOMENT));

    final Function<Config, Duration> bound;

    Step(Function<Config, Duration> bound) {
      this.bound = bound;
    }
  }

  private final Config config;
  private final Clock clock;
  private final Parts<Step> parts;

  private final Health health;
  private final Listener publicListener;
  private final Listener adminListener;
  private final Optional<String> firstKey;

  /**
   * Builds everything and starts what serves the listeners, not yet the listeners themselves.
   *
   * @throws Exception with a sentence that names the fix when a part cannot be opened; all that was
   *     opened is closed then, as with an Error
   */
  public App(Config config, Clock clock) throws Exception {
    this.config = config;
    this.clock = clock;
    this.parts = new Parts<>(step -> step.bound.apply(config));
    config
        .unknown()
        .forEach(name -> log.warn("{} is no setting: serve --help prints them all", name));
    try {
      Listener.check(config.http());
      Listener.check(config.admin());
      DataDirectory data = parts.opened(Step.DATA_DIRECTORY, DataDirectory.open(config.dataDir()));
      Backends backends = parts.opened(Step.EMBEDDED_SERVERS, Backends.start(config, data, clock));
      Metrics metrics = parts.opened(Step.METRICS, new Metrics());

      // Redis: limiter, and what cache and replicas know of writes
      Redis redis =
          parts.opened(
              Step.REDIS,
              new Redis(
                  new Redis.Options(backends.redisUrl(), config.redisTimeout()),
                  metrics.registry(),
                  clock));
      Limiter limiter = config.has(Rung.LIMIT) ? new SlidingWindow(redis, clock) : new NoLimit();

      // PostgreSQL: users, orders, keys
      DatabaseSetup setup = new DatabaseSetup(config, metrics.registry(), clock);
      Database database =
          parts
              .opened(
                  Step.DATABASE, setup.open(backends.databaseUrl(), backends.replicaUrl(), redis))
              .start();
      TimesToLive timesToLive = new TimesToLive(clock);
      Cache cache = new SampledCache(cache(redis, config.cache(), database), timesToLive);
      Cache knownKeys = cache(redis, ApiKeys.cached(config.keyCache()), database);
      ApiKeys keys = new ApiKeys(database, knownKeys, config.keyCache(), clock);
      EffectStore effectStore = new EffectStore(database);

      // What follows a sign-up: journal and channels
      List<Channel> channels = Channels.open(config.receivers());
      AutoCloseable _ = parts.opened(Step.CHANNELS, () -> channels.forEach(Channel::close));
      DirectDelivery direct = new DirectDelivery(channels, effectStore);
      @Nullable Journal journal = journal(channels, effectStore);
      PeriodicTask _ = parts.opened(Step.RETENTION, retention(database, effectStore)).start();
      Effects effects =
          journal == null
              ? new Effects(
                  1,
                  () -> {},
                  (tx, events) -> tx.afterCommit(() -> events.forEach(direct::deliverAll)))
              : new Effects(
                  Journal.APPENDS_MAX,
                  journal::requireWritable,
                  (_, events) -> journal.append(events));

      // The public listener
      this.health = new Health(database::ready);
      Gate gate = new Gate(keys, limiter, config.rateLimit());
      Idempotency idempotency = new Idempotency(database);
      Signup signup = new Signup(database, cache, idempotency, effects, clock);
      Users users = new Users(database, cache);
      Orders orders = new Orders(database, idempotency);
      List<Route> routes = Routes.table(gate, signup, users, orders, health);
      metrics.expect(routes);
      this.publicListener = new Listener(config.http(), new Router(routes), metrics, clock);

      // The admin listener
      Supplier<Statistics.Snapshot> snapshot =
          () ->
              new Statistics.Snapshot(
                  publicListener.stats(),
                  cache.stats(),
                  limiter.stats(),
                  database.stats(),
                  journal == null ? Journal.Stats.NONE : journal.stats());
      Statistics statistics = new Statistics(snapshot, metrics, Channels.NAMES);
      Judge judge = new Judge(config.primaryPool().size(), config.replicaPool().size(), clock);
      Watch watch =
          parts
              .opened(Step.WATCH, new Watch(snapshot, metrics, Machine.local(), judge, clock))
              .start();
      Verdicts verdicts = new Verdicts(watch, database, config.rungs(), clock);
      DeadLetters deadLetters = new DeadLetters(effectStore, direct);
      Dashboard dashboard =
          new Dashboard(
              new Dashboard.Setup(config.rungs(), config.cache().timeToLive(), config.rateLimit()),
              statistics,
              metrics,
              verdicts,
              new Dashboard.Sources(redis::answers, database::ready, timesToLive::estimates),
              clock);
      AdminRoutes admin =
          new AdminRoutes(
              statistics,
              verdicts,
              keys,
              deadLetters,
              new Feed(dashboard, clock),
              health,
              new Access(config.admin().host(), config.adminToken(), clock));
      this.adminListener = new Listener(config.admin(), new Router(admin.table()), _ -> {}, clock);

      this.firstKey = backends.publish(keys::works, () -> keys.create("dev", null).secret());
    } catch (Throwable e) { // an Error must not leave servers behind either
      parts.close();
      throw e;
    }
  }

  private Cache cache(Redis redis, CacheAside.Options options, Database database) {
    return config.has(Rung.CACHE)
        ? new CacheAside(
            redis,
            options,
            database::redisIsCurrent,
            clock,
            () -> ThreadLocalRandom.current().nextLong())
        : new NoCache();
  }

  private @Nullable Journal journal(List<Channel> channels, EffectStore ledger) throws IOException {
    return config.has(Rung.BACKGROUND)
        ? parts.opened(
            Step.JOURNAL,
            new Journal(config.journal(), channels, ledger, clock, RandomGenerator.getDefault()))
        : null;
  }

  private static PeriodicTask retention(Database database, EffectStore effectStore) {
    return new PeriodicTask(
        "retention",
        Thread.ofVirtual(),
        MARGIN,
        new Retention(database, effectStore, new IdempotencyStore()));
  }

  /**
   * Returns when both ports answer.
   *
   * @throws IOException with a sentence that names the fix when a port is not free
   */
  public void start() throws IOException {
    parts.opened(Step.ADMIN_LISTENER, adminListener).start();
    parts.opened(Step.PUBLIC_LISTENER, publicListener).start();
    AutoCloseable _ = parts.opened(Step.ANNOUNCEMENT, this::announce);
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

  private void announce() throws InterruptedException {
    health.drain();
    publicListener.drain();
    Thread.sleep(config.drainDelay());
  }

  public int port() {
    return publicListener.port();
  }

  public int adminPort() {
    return adminListener.port();
  }

  /** Goes through the {@link Step}s; a start that failed announces nothing. Idempotent. */
  @Override
  public void close() {
    parts.close();
  }
}
