package ladder.tools.climb;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import ladder.time.Clock;
import ladder.tools.climb.Comparison.Figure;
import ladder.tools.climb.Comparison.Run;
import ladder.tools.climb.Comparison.Side;
import ladder.tools.climb.LoadProcess.Ask;
import ladder.tools.load.LoadResult;

/** The comparisons, each with its nodes, which end with it. Used by one thread. */
final class Cases {
  /** How many there are, for whoever counts steps. */
  static final int COUNT = 8;

  static final String ALL = "cache,pool,replica,background,limit";
  static final String UNCACHED = "pool,replica,background,limit";

  static final int CLIENTS = 32;
  private static final int SIGNUP_CLIENTS = 16;

  /** Room for several sign-ups of a second each, whatever the scale, the first by cold code. */
  private static final Duration SIGN_UPS = Duration.ofSeconds(4);

  private static final int QUIET_RATE = 50;
  private static final int SLOW_QUERY_USERS = 20;
  private static final int CACHED_READS = 2_000;

  /** Above what the node can do, so that a queue grows. */
  private static final double NOISE = 1.2;

  /** What it asks for at least: a starved first run says too little of what the node can do. */
  private static final int NOISE_MIN = 1_000;

  private static final int RATE_MAX = 200_000;
  private static final String SIGN_UP =
      "{\"email\":\"climb-{seq}@example.com\",\"name\":\"Climb\"}";

  private final Scratch scratch;
  private final Scale scale;
  private final Progress progress;
  private final Trials trials;
  private final Clock clock;

  Cases(Scratch scratch, Scale scale, Progress progress, Trials trials, Clock clock) {
    this.scratch = scratch;
    this.scale = scale;
    this.progress = progress;
    this.trials = trials;
    this.clock = clock;
  }

  /** Done before a side is measured. */
  private interface Change {
    void make();
  }

  private Comparison rungs(
      String name, String claim, String note, String offRungs, String onRungs, String... labels)
      throws IOException, InterruptedException {
    progress.step(name + ": starting two nodes");
    try (Node off = trials.node(offRungs);
        Node on = trials.node(onRungs)) {
      LoadResult _ = trials.first(trials.users(CLIENTS, off));
      LoadResult _ = trials.first(trials.users(CLIENTS, on));
      List<Side> sides =
          trials.alternate(
              name,
              labels[0],
              () -> Run.of(trials.measure(trials.users(CLIENTS, off))),
              labels[1],
              () -> Run.of(trials.measure(trials.users(CLIENTS, on))));
      return new Comparison(
          name,
          "GET /users/{id}, %d clients, %,d users".formatted(CLIENTS, Trials.HOT_USERS),
          claim,
          note,
          Figure.THROUGHPUT,
          sides.get(0),
          sides.get(1));
    }
  }

  Comparison cache() throws IOException, InterruptedException {
    return rungs(
        "cache",
        "the fastest query is the one never made",
        "What is not cached is one row found by its primary key, in memory: the cheapest query"
            + " there is. The next case has the one that caches are made for.",
        UNCACHED,
        ALL,
        "no cache",
        "cache");
  }

  Comparison slowQuery() throws IOException, InterruptedException {
    progress.step("slow query: dropping the index on orders");
    scratch.dropIndex();
    try (SlowQuery query = new SlowQuery(scratch, clock)) {
      int reads = Math.max(3, (int) scale.measured().toSeconds() * 2);
      List<Side> sides =
          trials.alternate(
              "slow query",
              "no cache",
              () -> query.run(false, SLOW_QUERY_USERS, reads),
              "cache",
              () -> query.run(true, SLOW_QUERY_USERS, CACHED_READS));
      return new Comparison(
          "slow query",
          "a profile that counts and sums the user's orders, without an index, one at a time",
          "200 ms to about 1 ms",
          "Asked from the climb's own process, through Ladder's CacheAside and no HTTP: "
              + SlowQuery.SQL.strip().replaceAll("\\s+", " "),
          Figure.P50,
          sides.get(0),
          sides.get(1));
    } finally {
      scratch.createIndex();
    }
  }

  Comparison pool() throws IOException, InterruptedException {
    return rungs(
        "pool",
        "double the throughput",
        "A new connection costs PostgreSQL a process and a SCRAM handshake of 4,096 hashes on each"
            + " side; on loopback it costs no network.",
        "replica,background,limit",
        UNCACHED,
        "a connection each",
        "pool");
  }

  Comparison replica() throws IOException, InterruptedException {
    return rungs(
        "replica",
        "reads scale with the replicas",
        "Both servers share this machine's cores, so a replica adds none here: what shows is what"
            + " sending reads elsewhere costs. On a machine of its own it adds that machine.",
        "pool,background,limit",
        UNCACHED,
        "primary alone",
        "replica");
  }

  Comparison index() throws IOException, InterruptedException {
    progress.step("index: starting a node");
    try (Node node = trials.node(ALL)) {
      Ask page =
          Ask.clients(1, trials.key(), node.url("/users/{n}/orders?limit=20"))
              .with("--range", trials.range());
      LoadResult _ = trials.first(page);
      Change drop = scratch::dropIndex;
      Change create = scratch::createIndex;
      List<Side> sides =
          trials.alternate(
              "index", "no index", () -> after(drop, page), "index", () -> after(create, page));
      return new Comparison(
          "index",
          "GET /users/{id}/orders, 1 client, %,d orders".formatted(scale.orders()),
          "2 s to 5 ms, or 400 times",
          "The index orders_user is dropped and created for each run. Without it PostgreSQL reads"
              + " on until it has a page of the user's orders, at worst the whole table.",
          Figure.P50,
          sides.get(0),
          sides.get(1));
    } finally {
      scratch.createIndex();
    }
  }

  private Run after(Change change, Ask ask) throws IOException, InterruptedException {
    change.make();
    return Run.of(trials.measure(ask));
  }

  Comparison signUp() throws IOException, InterruptedException {
    progress.step("sign-up: starting the stand-ins and two nodes");
    scratch.slowAudit(StandIns.AUDIT);
    try (StandIns receivers = new StandIns()) {
      Map<String, String> settings =
          Map.of(
              "LADDER_SMTP_URL", receivers.smtpUrl(),
              "LADDER_SLACK_WEBHOOK_URL", receivers.webhookUrl());
      try (Node off = trials.node("cache,pool,replica,limit", settings);
          Node on = trials.node(ALL, settings)) {
        Run _ = signUp(off);
        Run _ = signUp(on);
        List<Side> sides =
            trials.alternate(
                "sign-up", "inline", () -> signUp(off), "background", () -> signUp(on));
        return new Comparison(
            "sign-up",
            "POST /signup, %d clients".formatted(SIGNUP_CLIENTS),
            "1 s and more to under 100 ms",
            "The receivers are simulated: mail %d ms, audit %d ms (a trigger that waits), Slack %d"
                    .formatted(
                        StandIns.MAIL.toMillis(),
                        StandIns.AUDIT.toMillis(),
                        StandIns.SLACK.toMillis())
                + " ms. In the background they take as long, after the answer.",
            Figure.P50,
            sides.get(0),
            sides.get(1));
      }
    } finally {
      scratch.restore();
    }
  }

  private Run signUp(Node node) throws IOException, InterruptedException {
    Ask ask = Ask.clients(SIGNUP_CLIENTS, trials.key(), node.url("/signup")).posting(SIGN_UP);
    return Run.of(LoadProcess.run(ask, scale.warmup(), scale.measured().plus(SIGN_UPS)));
  }

  Comparison limit() throws IOException, InterruptedException {
    progress.step("limit: starting two nodes");
    Map<String, String> settings = Map.of("LADDER_RATE_LIMIT", "100/60s");
    String noisy = scratch.key(null);
    String quiet = scratch.key(100_000);
    try (Node off = trials.node("cache,pool,replica,background", settings);
        Node on = trials.node(ALL, settings)) {
      // How much a node can do; the second has its code compiled by the key that may.
      double most = trials.first(pages(off, noisy)).throughput();
      LoadResult _ = trials.first(pages(on, quiet));
      int rate = (int) Math.clamp(NOISE * most, NOISE_MIN, RATE_MAX);
      List<Side> sides =
          trials.alternate(
              "limit",
              "no limit",
              () -> beside(pages(off, noisy).rate(rate), quiet, off),
              "limit",
              () -> beside(pages(on, noisy).rate(rate), quiet, on));
      return new Comparison(
          "limit",
          "%d reads/s of one client, beside another that asks for %,d pages/s"
              .formatted(QUIET_RATE, rate),
          "one misbehaving client must not take down the API",
          "The figures are those of the client that behaves. The other asks for %.1f times what the"
                  .formatted(NOISE)
              + " node did when it was new, and shares the machine's cores with it and with the"
              + " servers.",
          Figure.P99,
          sides.get(0),
          sides.get(1));
    }
  }

  private Ask pages(Node node, String by) {
    return Ask.clients(CLIENTS, by, node.url("/users/{n}/orders?limit=100"))
        .with("--range", trials.range());
  }

  /** The quiet client's figures while the noisy one sends. */
  private Run beside(Ask noise, String quietKey, Node node)
      throws IOException, InterruptedException {
    Ask quiet = Ask.clients(1, quietKey, node.url("/users/{n}")).rate(QUIET_RATE);
    try (LoadProcess noisy = LoadProcess.start(noise, scale.warmup(), scale.measured());
        LoadProcess other = LoadProcess.start(quiet, scale.warmup(), scale.measured())) {
      Run run = Run.of(other.result());
      LoadResult _ = noisy.result();
      return run;
    }
  }

  Comparison nodes(Node one) throws IOException, InterruptedException {
    progress.step("nodes: starting the second");
    try (Node two = trials.node(ALL)) {
      int clients = 2 * CLIENTS;
      LoadResult _ = trials.first(trials.users(clients, one, two));
      List<Side> sides =
          trials.alternate(
              "nodes",
              "one node",
              () -> Run.of(trials.measure(trials.users(clients, one))),
              "two nodes",
              () -> Run.of(trials.measure(trials.users(clients, one, two))));
      return new Comparison(
          "nodes",
          "GET /users/{id}, cached, %d clients in all".formatted(clients),
          "horizontal is where growth happens",
          "Both nodes, PostgreSQL, Redis and the load share this machine's cores, so that a second"
              + " node adds none: what shows is that it works and what it costs.",
          Figure.THROUGHPUT,
          sides.get(0),
          sides.get(1));
    }
  }
}
